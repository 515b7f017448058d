import Foundation
import Tensors

/// A form of files that weights are in.
public protocol WeightFormat: Sendable {
  /// The name in messages: `safetensors`.
  var name: String { get }
  /// What the names of its files end in after a dot, in lower case.
  var fileExtensions: [String] { get }
  /// Opens a file, as far as names and types go.
  ///
  /// - Throws: ``FormatError``; a plugin's own words go into ``FormatError/other(path:format:reason:)``.
  func open(_ url: URL) throws(FormatError) -> any WeightFile
}

/// A form of files that weights can be written to, too.
public protocol WritableWeightFormat: WeightFormat {
  /// Writes a model into a file, whose first byte is `sink`'s first.
  ///
  /// What the format can't hold is best said before anything is written.
  ///
  /// - Throws: ``FormatError``; a plugin's own words go into ``FormatError/unwritable(path:format:reason:)``.
  func write(_ model: ExportedModel, to sink: WeightSink) throws(FormatError)
}

/// An open file of weights.
public protocol WeightFile: Sendable {
  /// The file.
  var url: URL { get }
  /// The tensors' names; none twice.
  var tensorNames: [String] { get }
  /// Strings that the file holds beside its tensors.
  var metadata: [String: String] { get }
  /// Where the model's configuration is told: a `config.json`, or the file itself.
  var configURL: URL? { get }
  /// What the file says of a tensor, or nil where there is none of that name.
  func checkpointEntry(named name: String) -> CheckpointEntry?
  /// The tensor of that name, in the form in which it is stored.
  func weight(named name: String) throws(FormatError) -> StoredWeight
  /// Where the tensor's bytes stand in memory, in the order of its elements; nil where they don't.
  func bytes(of name: String) -> (storage: Storage, byteOffset: Int)?
}

extension WeightFile {
  public var metadata: [String: String] { [:] }

  /// The `config.json` beside the file, where there is one.
  public var configURL: URL? {
    let config = url.deletingLastPathComponent().appending(path: "config.json")
    return FileManager.default.fileExists(atPath: config.path) ? config : nil
  }

  public func bytes(of name: String) -> (storage: Storage, byteOffset: Int)? { nil }
}

/// The forms of files that Weft ships.
public enum StandardFormats {
  /// All of them.
  public static let all: [any WeightFormat] = [GGUFFormat(), SafetensorsFormat()]
}

/// GGUF files, whose tensors have Hugging Face's names here.
public struct GGUFFormat: WeightFormat {
  public let name = "gguf"
  public let fileExtensions = ["gguf"]

  /// The format.
  public init() {}

  public func open(_ url: URL) throws(FormatError) -> any WeightFile {
    try GGUFModel(contentsOf: url)
  }
}

/// safetensors files.
public struct SafetensorsFormat: WritableWeightFormat {
  public let name = "safetensors"
  public let fileExtensions = ["safetensors"]

  /// The format.
  public init() {}

  public func open(_ url: URL) throws(FormatError) -> any WeightFile {
    try SafetensorsReader(contentsOf: url)
  }

  /// Writes weights and metadata. Blocks, for which there is no type, become f32; 8-bit integers have
  /// their scales beside them.
  public func write(_ model: ExportedModel, to sink: WeightSink) throws(FormatError) {
    try SafetensorsWriter.write(model.weights, model.metadata, to: sink)
  }
}

extension SafetensorsReader: WeightFile {
  public var tensorNames: [String] { names }

  public func checkpointEntry(named name: String) -> CheckpointEntry? {
    entry(named: name).map(CheckpointEntry.init)
  }

  public func weight(named name: String) throws(FormatError) -> StoredWeight {
    .dense(try tensor(named: name))
  }
}

extension GGUFModel: WeightFile {
  public var url: URL { file.url }
  public var tensorNames: [String] { names.map(\.huggingFace) }
  public var configURL: URL? { url }

  public func checkpointEntry(named name: String) -> CheckpointEntry? {
    entry(named: name).map { CheckpointEntry(name, $0) }
  }
}
