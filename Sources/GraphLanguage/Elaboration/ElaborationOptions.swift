import Foundation
import IR

/// What a graph file is elaborated with.
public struct ElaborationOptions: Sendable {
  /// The ops that it may use.
  public var ops: OpTable
  /// Values for configs by name, as text: `--set heads=12`. They come before the configuration's.
  public var settings: [String: String]
  /// The checkpoint's `config.json`.
  public var configuration: (any ConfigurationLookup)?
  /// Which model of the file; nil where it has only one.
  public var modelName: String?
  /// Whether imports may leave the folder of the file.
  public var allowsImportsOutside: Bool
  /// The text of a file that isn't on disk, such as one that is compiled into the program; nil for all
  /// that are.
  public var embedded: @Sendable (URL) -> [UInt8]?
  /// Where an import of that path is found whose file isn't beside the one that imports it, such as a
  /// plugin's layers; `embedded` has its text.
  public var library: @Sendable (String) -> URL?

  /// Options from their parts.
  public init(
    ops: OpTable, settings: [String: String] = [:],
    configuration: (any ConfigurationLookup)? = nil, modelName: String? = nil,
    allowsImportsOutside: Bool = false,
    embedded: @escaping @Sendable (URL) -> [UInt8]? = { _ in nil },
    library: @escaping @Sendable (String) -> URL? = { _ in nil }
  ) {
    self.ops = ops
    self.settings = settings
    self.configuration = configuration
    self.modelName = modelName
    self.allowsImportsOutside = allowsImportsOutside
    self.embedded = embedded
    self.library = library
  }
}

/// A checkpoint's `config.json`, as far as the language reads it.
public protocol ConfigurationLookup: Sendable {
  /// How messages call it, such as `minilm/config.json`.
  var name: String { get }
  /// The value of a key; dots lead into objects (`rope_parameters.rope_theta`). Nil where there is
  /// none.
  func value(forKey key: String) -> ConfigurationScalar?
}

/// A value in a `config.json`.
public enum ConfigurationScalar: Hashable, Sendable {
  case int(Int)
  case double(Double)
  case bool(Bool)
  case string(String)
  case null
  case list([ConfigurationScalar])
  /// An object, which no config can take.
  case other(String)
}
