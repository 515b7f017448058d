import Foundation
import Tensors

/// A model's weights by name: one safetensors file, a folder as Hugging Face's libraries write it, in
/// one file or in shards with an index, or a GGUF file, whose tensors have Hugging Face's names here.
public struct Checkpoint: Sendable {
  /// The file or folder.
  public let url: URL
  /// The tensors' names, sorted.
  public let names: [String]

  /// The strings of `__metadata__`; of a key that several shards have, the first one's.
  public var metadata: [String: String] {
    files.reduce(into: [:]) { $0.merge($1.metadata) { first, _ in first } }
  }

  private let files: [SafetensorsReader]
  private let model: GGUFModel?
  private let location: [ExactString: Int]

  /// A larger index isn't one.
  private static let maximumIndexSize = 64 << 20

  /// Opens a `.safetensors` file, a `.gguf` file or a folder. Tensors are read when they are asked for.
  public init(contentsOf url: URL) throws(FormatError) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
    guard exists, isFolder.boolValue else {
      if url.pathExtension.lowercased() == "gguf" {
        self.init(try GGUFModel(contentsOf: url))
        return
      }
      let file = try SafetensorsReader(contentsOf: url)
      self.init(url, [file])
      return
    }
    let index = url.appending(path: "model.safetensors.index.json")
    if FileManager.default.fileExists(atPath: index.path) {
      try self.init(url, index: index)
    } else {
      self.init(url, [try SafetensorsReader(contentsOf: try Checkpoint.singleFile(in: url))])
    }
  }

  private init(_ model: GGUFModel) {
    url = model.file.url
    self.model = model
    (files, location) = ([], [:])
    names = model.names.map(\.huggingFace).sorted()
  }

  private init(_ url: URL, _ files: [SafetensorsReader]) {
    self.url = url
    self.files = files
    model = nil
    var location: [ExactString: Int] = [:]
    for (i, file) in files.enumerated() {
      for entry in file.entries { location[ExactString(entry.name)] = i }
    }
    self.location = location
    names = location.keys.map(\.text).sorted()
  }

  private init(_ folder: URL, index: URL) throws(FormatError) {
    let map = try Checkpoint.weightMap(index, folder: folder)
    var files: [SafetensorsReader] = []
    var position: [String: Int] = [:]
    var location: [ExactString: Int] = [:]
    for (name, file) in map {
      if position[file] == nil {
        position[file] = files.count
        files.append(try SafetensorsReader(contentsOf: folder.appending(path: file)))
      }
      guard let i = position[file], files[i].entry(named: name) != nil else {
        throw .checkpoint(path: index.path, .notInShard(tensor: name, file: file))
      }
      location[ExactString(name)] = i
    }
    url = folder
    self.files = files
    model = nil
    self.location = location
    names = map.map(\.name).sorted()
  }

  private static func weightMap(_ index: URL, folder: URL) throws(FormatError)
    -> [(name: String, file: String)]
  {
    let data: Data
    do {
      data = try FileReading.data(index, limit: maximumIndexSize)
    } catch {
      throw .file(error)
    }
    let root: JSONField
    do {
      root = JSONField(try JSONParser.parse(data))
    } catch {
      throw .json(path: index.path, error)
    }
    var map: [(name: String, file: String)] = []
    do {
      let table = try root.required("weight_map", "an object that gives each tensor its file")
      for name in try table.object().keys {
        map.append((name, try table.required(name, "a file's name").string()))
      }
    } catch {
      throw .field(path: index.path, error)
    }
    if let bad = map.first(where: { !isInsideFolder($0.file) }) {
      throw .checkpoint(path: index.path, .outside(tensor: bad.name, file: bad.file))
    }
    return map
  }

  private static func isInsideFolder(_ file: String) -> Bool {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    return !file.utf8.contains(0) && parts.allSatisfy { !["", ".", ".."].contains($0) }
  }

  private static func singleFile(in folder: URL) throws(FormatError) -> URL {
    let standard = folder.appending(path: "model.safetensors")
    if FileManager.default.fileExists(atPath: standard.path) { return standard }
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []
    let files = all.filter { $0.hasSuffix(".safetensors") }
    if files.count == 1 { return folder.appending(path: files[0]) }
    if files.count > 1 { throw .checkpoint(path: folder.path, .severalFiles(files)) }
    let others = all.filter { name in
      [".bin", ".pt", ".pth", ".h5", ".msgpack", ".onnx", ".gguf", ".ckpt"].contains {
        name.hasSuffix($0)
      }
    }
    throw .checkpoint(path: folder.path, .noWeights(others: others))
  }

  /// The `config.json` beside the weights, where there is one; a GGUF file is its own.
  public var configURL: URL? {
    if model != nil { return url }
    let folder = files.count == 1 ? files[0].url.deletingLastPathComponent() : url
    let config = folder.appending(path: "config.json")
    return FileManager.default.fileExists(atPath: config.path) ? config : nil
  }

  /// What the file says of a tensor, or nil where there is none of that name.
  public func entry(named name: String) -> CheckpointEntry? {
    if let model { return model.entry(named: name).map { CheckpointEntry(name, $0) } }
    return location[ExactString(name)].flatMap { files[$0].entry(named: name) }
      .map(CheckpointEntry.init)
  }

  /// Where a tensor's bytes stand in the mapped file, or nil where there is none of that name.
  func bytes(of name: String) -> (storage: Storage, byteOffset: Int)? {
    location[ExactString(name)].flatMap { files[$0].bytes(of: name) }
  }

  /// The type of a tensor, or nil where there is none, or of a type that Weft doesn't read.
  public func type(of name: String) -> TensorType? { entry(named: name)?.type }

  /// A tensor of elements or blocks: mostly a view of the mapped file.
  public func weight(named name: String) throws(FormatError) -> StoredWeight {
    if let model { return try model.weight(named: name) }
    return .dense(try tensor(named: name))
  }

  /// A tensor: mostly a view of the mapped file. Blocks become reals.
  public func tensor(named name: String) throws(FormatError) -> Tensor {
    if let model {
      let weight = try model.weight(named: name)
      if let tensor = weight.tensor { return tensor }
      do throws(TensorError) {
        if let matrix = weight.blocks { return try matrix.dense() }
      } catch {
        throw .tensor(path: url.path, name: name, error)
      }
    }
    guard let i = location[ExactString(name)] else {
      throw .noTensor(path: url.path, name: name, nearest: nearestName(to: name, among: names))
    }
    return try files[i].tensor(named: name)
  }
}
