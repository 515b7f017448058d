import Foundation
import Tensors

/// A model's weights by name: one safetensors file, a folder as Hugging Face's libraries write it, in
/// one file or in shards with an index, a GGUF file, whose tensors have Hugging Face's names here, or a
/// file of another format.
public struct Checkpoint: Sendable {
  /// The file or folder.
  public let url: URL
  /// The tensors' names, sorted.
  public let names: [String]

  /// The strings of `__metadata__`; of a key that several shards have, the first one's.
  public var metadata: [String: String] {
    files.reduce(into: [:]) { $0.merge($1.metadata) { first, _ in first } }
  }

  private let files: [any WeightFile]
  private let location: [ExactString: Int]

  /// A larger index isn't one.
  private static let maximumIndexSize = 64 << 20

  /// Opens a file of one of `formats`, by the end of its name, or a folder; what has another name is taken
  /// for safetensors. Tensors are read when they are asked for.
  public init(
    contentsOf url: URL, formats: [any WeightFormat] = StandardFormats.all
  ) throws(FormatError) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
    guard exists, isFolder.boolValue else {
      let format = formats.first { $0.fileExtensions.contains(url.pathExtension.lowercased()) }
      self.init(url, [try (format ?? SafetensorsFormat()).open(url)])
      return
    }
    let index = url.appending(path: "model.safetensors.index.json")
    if FileManager.default.fileExists(atPath: index.path) {
      try self.init(url, index: index)
    } else if let blocks = Checkpoint.blocksFile(in: url) {
      self.init(blocks, [try GGUFModel(contentsOf: blocks)])
    } else {
      let (file, format) = try Checkpoint.singleFile(in: url, formats)
      self.init(url, [try format.open(file)])
    }
  }

  private init(_ url: URL, _ files: [any WeightFile]) {
    self.url = url
    self.files = files
    var location: [ExactString: Int] = [:]
    for (i, file) in files.enumerated() {
      for name in file.tensorNames { location[ExactString(name)] = i }
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

  /// The one GGUF file of a folder without safetensors.
  private static func blocksFile(in folder: URL) -> URL? {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let files = all.filter { $0.hasSuffix(".gguf") }
    guard files.count == 1, !all.contains(where: { $0.hasSuffix(".safetensors") }) else {
      return nil
    }
    return folder.appending(path: files[0])
  }

  private static func singleFile(
    in folder: URL, _ formats: [any WeightFormat]
  ) throws(FormatError) -> (URL, any WeightFormat) {
    let standard = folder.appending(path: "model.safetensors")
    if FileManager.default.fileExists(atPath: standard.path) {
      return (standard, SafetensorsFormat())
    }
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []
    let files = all.filter { $0.hasSuffix(".safetensors") }
    if files.count == 1 { return (folder.appending(path: files[0]), SafetensorsFormat()) }
    if files.count > 1 { throw .checkpoint(path: folder.path, .severalFiles(files)) }
    for format in formats where format.name != "gguf" {
      let files = all.filter { name in format.fileExtensions.contains { name.hasSuffix("." + $0) } }
      if files.count == 1 { return (folder.appending(path: files[0]), format) }
    }
    let others = all.filter { name in
      [".bin", ".pt", ".pth", ".h5", ".msgpack", ".onnx", ".gguf", ".ckpt"].contains {
        name.hasSuffix($0)
      }
    }
    throw .checkpoint(path: folder.path, .noWeights(others: others))
  }

  /// The `config.json` beside the weights, where there is one; a GGUF file is its own.
  public var configURL: URL? {
    if files.count == 1 { return files[0].configURL }
    let config = url.appending(path: "config.json")
    return FileManager.default.fileExists(atPath: config.path) ? config : nil
  }

  /// What the file says of a tensor, or nil where there is none of that name.
  public func entry(named name: String) -> CheckpointEntry? {
    location[ExactString(name)].flatMap { files[$0].checkpointEntry(named: name) }
  }

  /// Where a tensor's bytes stand in the mapped file, or nil where there is none of that name.
  func bytes(of name: String) -> (storage: Storage, byteOffset: Int)? {
    location[ExactString(name)].flatMap { files[$0].bytes(of: name) }
  }

  /// The type of a tensor, or nil where there is none, or of a type that Weft doesn't read.
  public func type(of name: String) -> TensorType? { entry(named: name)?.type }

  /// A tensor of elements or blocks: mostly a view of the mapped file.
  public func weight(named name: String) throws(FormatError) -> StoredWeight {
    try file(of: name).weight(named: name)
  }

  /// A tensor: mostly a view of the mapped file. Blocks become reals.
  public func tensor(named name: String) throws(FormatError) -> Tensor {
    let weight = try weight(named: name)
    do throws(TensorError) {
      return switch weight {
      case .dense(let tensor): tensor
      case .int8(let matrix): try matrix.dense()
      case .blocks(let matrix): try matrix.dense()
      }
    } catch {
      throw .tensor(path: url.path, name: name, error)
    }
  }

  private func file(of name: String) throws(FormatError) -> any WeightFile {
    guard let i = location[ExactString(name)] else {
      throw .noTensor(path: url.path, name: name, nearest: nearestName(to: name, among: names))
    }
    return files[i]
  }
}
