import Foundation

/// A model's `config.json`: nested values, found by dotted paths such as
/// `rope_parameters.rope_theta`.
///
/// `NaN` and `Infinity`, which Python writes, are read, but never come out as numbers. A GGUF file's
/// metadata stands for the `config.json` that the model had.
public struct ModelConfig: Sendable {
  /// The file, for messages.
  public let source: String
  /// The document; an object.
  public let root: JSONValue

  /// A larger file isn't a configuration.
  private static let maximumFileSize = 64 << 20

  /// Reads a `config.json`, or the metadata of a `.gguf` file.
  public init(contentsOf url: URL) throws(FormatError) {
    if url.pathExtension.lowercased() == "gguf" {
      self = try GGUFModel(contentsOf: url).config()
      return
    }
    let data: Data
    do {
      data = try FileReading.data(url, limit: ModelConfig.maximumFileSize)
    } catch {
      throw .file(error)
    }
    try self.init(json: data, source: url.path)
  }

  /// A configuration made of values: an object.
  public init(_ root: JSONValue, source: String) {
    self.root = root
    self.source = source
  }

  /// Reads the text of a `config.json`; errors name `source` as the file.
  public init(json: Data, source: String) throws(FormatError) {
    self.source = source
    do {
      root = try JSONParser.parse(
        json, limits: JSONParser.Limits(values: 1_000_000, allowsNonFinite: true))
    } catch {
      throw .json(path: source, error)
    }
    do {
      _ = try JSONField(root).object()
    } catch {
      throw .field(path: source, error)
    }
  }

  /// The keys of the document itself, in the order of the file.
  public var keys: [String] {
    if case .object(let object) = root { object.keys } else { [] }
  }

  /// The value at a path; nil when it is missing or null.
  ///
  /// A part of the path is a key or, in an array, a position: `id2label.0`, `architectures.0`.
  public func value(at path: String) -> JSONValue? { field(at: path)?.value }

  /// The integer at a path; nil when it is missing or null.
  public func integer(at path: String) throws(FormatError) -> Int? {
    try typed(path) { field throws(JSONFieldError) in try field.integer() }
  }

  /// The finite number at a path; nil when it is missing or null.
  public func double(at path: String) throws(FormatError) -> Double? {
    try typed(path) { field throws(JSONFieldError) in try field.double() }
  }

  /// The truth value at a path; nil when it is missing or null.
  public func bool(at path: String) throws(FormatError) -> Bool? {
    try typed(path) { field throws(JSONFieldError) in try field.bool() }
  }

  /// The text at a path; nil when it is missing or null.
  public func string(at path: String) throws(FormatError) -> String? {
    try typed(path) { field throws(JSONFieldError) in try field.string() }
  }

  /// The integers of the array at a path; nil when it is missing or null.
  public func integers(at path: String) throws(FormatError) -> [Int]? {
    try typed(path) { field throws(JSONFieldError) in
      try field.elements().map { element throws(JSONFieldError) in try element.integer() }
    }
  }

  private func typed<T>(_ path: String, _ read: (JSONField) throws(JSONFieldError) -> T)
    throws(FormatError) -> T?
  {
    guard let field = field(at: path) else { return nil }
    do {
      return try read(field)
    } catch {
      throw .field(path: source, error)
    }
  }

  private func field(at path: String) -> JSONField? {
    var field = JSONField(root)
    for part in path.split(separator: ".", omittingEmptySubsequences: false).map(String.init) {
      switch field.value {
      case .object(let object):
        guard let value = object[part], value != .null else { return nil }
        field = JSONField(value, path: .member(field.path, part))
      case .array(let elements):
        guard let i = Int(part), elements.indices.contains(i), elements[i] != .null else {
          return nil
        }
        field = JSONField(elements[i], path: .element(field.path, i))
      default: return nil
      }
    }
    return field
  }
}
