import Foundation
import Tensors

/// A GGUF file as Hugging Face's libraries would have the same model: their names of tensors, their
/// order of rows, their `config.json`.
public struct GGUFModel: Sendable {
  /// The file.
  public let file: GGUFReader
  /// The family, by `general.architecture`.
  public let family: GGUFFamily
  /// Each tensor's name here and in the file, in the order of the file; tensors that the family's table
  /// hasn't got keep their names.
  public let names: [(huggingFace: String, gguf: String)]

  private let sources: [ExactString: (name: String, change: GGUFFamily.Change)]

  /// Opens a file.
  public init(contentsOf url: URL) throws(FormatError) {
    try self.init(GGUFReader(contentsOf: url))
  }

  /// The model of an open file.
  public init(_ file: GGUFReader) throws(FormatError) {
    self.file = file
    var sources: [ExactString: (name: String, change: GGUFFamily.Change)] = [:]
    var names: [(huggingFace: String, gguf: String)] = []
    do throws(GGUFFault) {
      family = try GGUFFamily.of(file.metadata)
      for entry in file.entries {
        let found = family.huggingFace(entry.name)
        let name = found?.name ?? entry.name
        names.append((name, entry.name))
        let source = (entry.name, found?.change ?? .none)
        guard sources.updateValue(source, forKey: ExactString(name)) == nil else {
          throw .duplicate(what: "tensors for", name: name)
        }
      }
    } catch {
      throw .gguf(path: file.url.path, error)
    }
    self.names = names
    self.sources = sources
  }

  /// What the file says of the tensor that Hugging Face calls so, or nil.
  public func entry(named name: String) -> GGUFEntry? {
    sources[ExactString(name)].flatMap { file.entry(named: $0.name) }
  }

  /// The tensor that Hugging Face calls so, with its rows in their order: a view of the file, or a copy
  /// of whole rows where their order differs.
  public func weight(named name: String) throws(FormatError) -> StoredWeight {
    guard let source = sources[ExactString(name)] else {
      throw .noTensor(
        path: file.url.path, name: name,
        nearest: nearestName(to: name, among: names.map(\.huggingFace)))
    }
    let weight = try file.weight(named: source.name)
    var order: [Int]?
    if case .pairedRows(let key) = source.change {
      let rows = weight.dims.first ?? 0
      do throws(GGUFFault) {
        order = StoredWeight.halves(rows, heads: try heads(key, rows: rows, of: source.name))
      } catch {
        throw .gguf(path: file.url.path, error)
      }
    }
    do throws(TensorError) {
      if case .shifted = source.change { return try weight.shifted(by: -1) }
      return try order.map { order throws(TensorError) in try weight.withRows(order) } ?? weight
    } catch {
      throw .tensor(path: file.url.path, name: source.name, error)
    }
  }

  /// A weight of the file in another form, with its rows where the file has them.
  public func asInFile(_ weight: StoredWeight, named name: String) throws(FormatError)
    -> StoredWeight
  {
    guard let source = sources[ExactString(name)], case .pairedRows(let key) = source.change else {
      return weight
    }
    let rows = weight.dims.first ?? 0
    let heads: Int
    do {
      heads = try self.heads(key, rows: rows, of: source.name)
    } catch {
      throw .gguf(path: file.url.path, error)
    }
    do {
      return try weight.withRows(StoredWeight.pairs(rows, heads: heads))
    } catch {
      throw .tensor(path: file.url.path, name: source.name, error)
    }
  }

  private func heads(_ key: String, rows: Int, of name: String) throws(GGUFFault) -> Int {
    let architecture = family.architecture
    let count = try file.metadata.integer("\(architecture).\(key)")
    let all = try file.metadata.integer("\(architecture).attention.head_count")
    guard let heads = count ?? all else {
      throw .missing(key: "\(architecture).attention.head_count", expected: "a number of heads")
    }
    guard heads > 0, rows.isMultiple(of: heads), (rows / heads).isMultiple(of: 2) else {
      throw .rows(
        name: name, expected: "rows for \(heads) heads of an even size", found: [rows])
    }
    return heads
  }

  /// What Hugging Face's `config.json` of the model would say.
  public func config() throws(FormatError) -> ModelConfig {
    if family.architecture == GGUFFamily.own.architecture {
      let beside = file.url.deletingLastPathComponent().appending(path: "config.json")
      return FileManager.default.fileExists(atPath: beside.path)
        ? try ModelConfig(contentsOf: beside)
        : ModelConfig(.object(JSONObject()), source: file.url.path)
    }
    var object = JSONObject()
    _ = object.append("model_type", .string(family.modelType))
    _ = object.append("architectures", .array([.string(family.className)]))
    do throws(GGUFFault) {
      for key in family.keys {
        let name = "\(family.architecture).\(key.gguf)"
        if let value = try value(name, key.kind) {
          _ = object.append(key.name, value)
        } else if key.isRequired {
          throw .missing(key: name, expected: "an integer")
        }
      }
      for constant in family.constants { _ = object.append(constant.name, constant.value) }
      for derive in family.derived { try derive(file, family.architecture, &object) }
    } catch {
      throw .gguf(path: file.url.path, error)
    }
    return ModelConfig(.object(object), source: file.url.path)
  }

  private func value(_ key: String, _ kind: GGUFFamily.Key.Kind) throws(GGUFFault) -> JSONValue? {
    switch kind {
    case .integer: try file.metadata.integer(key).map { .integer($0) }
    case .double: try file.metadata.double(key).map { .number($0) }
    }
  }
}
