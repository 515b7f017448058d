import Foundation

/// A model's weights written as a file of any registered format.
///
/// ```swift
/// let report = try ModelExport(of: model, to: URL(filePath: "model.safetensors"))
/// ```
public struct ModelExport: JSONReport, Sendable {
  /// The model's name.
  public var model: String
  /// The file.
  public var file: String
  /// The format's name.
  public var format: String
  /// How many weights it has.
  public var weights: Int
  /// The file's size.
  public var bytes: Int

  /// The format that `name` names, or else the end of the file's name.
  ///
  /// - Throws: ``ExportError`` where there is none, or it is only read.
  public static func format(
    _ name: String?, of url: URL, in registry: Registry
  ) throws(ExportError) -> any WritableWeightFormat {
    let suffix = url.pathExtension.lowercased()
    let found = registry.formats.first { format in
      name.map { $0 == format.name || format.fileExtensions.contains($0) }
        ?? format.fileExtensions.contains(suffix)
    }
    let known = registry.writableFormats.map(\.name)
    guard let found else {
      throw name.map { .unknownFormat($0, known: known) } ?? .noFormat(url.path, known: known)
    }
    guard let format = found as? any WritableWeightFormat else {
      throw .onlyRead(found.name, known: known)
    }
    return format
  }

  /// Says what stands in the way of a file at `url`, before any work is done.
  public static func checkFile(_ url: URL, replacing: Bool) throws(ExportError) {
    if !replacing, FileManager.default.fileExists(atPath: url.path) { throw .exists(url.path) }
  }

  /// Writes the weights that the graph of `model` asks for, in the form in which they are stored.
  ///
  /// - Parameters:
  ///   - format: the format's name; by default the one that the end of the file's name chooses.
  ///   - replacing: whether a file of that name makes room.
  ///   - progress: gets how many hundredths were written.
  /// - Throws: ``ExportError``, and `FormatError` for what the format can't hold.
  public init(
    of model: Model, to url: URL, format name: String? = nil, replacing: Bool = false,
    cancellation: Cancellation? = nil, progress: (Int) -> Void = { _ in }
  ) throws {
    let format = try Self.format(name, of: url, in: model.registry)
    try Self.checkFile(url, replacing: replacing)
    let exported = try model.exported()
    do {
      try withoutActuallyEscaping(progress) { progress in
        let all = exported.weights.reduce(1) { $0 + $1.weight.byteCount }
        var written = 0
        try WeightSink.file(
          url,
          advance: { count in
            written += count
            progress(min(100 * written / all, 100))
            return cancellation?.isCancelled != true
          }
        ) { sink throws(FormatError) in try format.write(exported, to: sink) }
      }
    } catch {
      throw cancellation?.isCancelled == true ? ExecutionError.cancelled : error
    }
    self.model = model.definition.name
    file = url.path
    self.format = format.name
    weights = exported.weights.count
    let written = url.resolvingSymlinksInPath()
    bytes = (try? written.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0
  }

  /// The report for people.
  public var text: String {
    "\(file): \(weights) weights of \(model) as \(format), \(bytes.grouped) bytes"
  }
}

extension Registry {
  /// The forms of files that weights can be written to.
  public var writableFormats: [any WritableWeightFormat] {
    formats.compactMap { $0 as? any WritableWeightFormat }
  }
}

extension Model {
  /// The weights as they are stored, and what stands beside them.
  func exported() throws -> ExportedModel {
    var exported = ExportedModel(
      weights: try Model.parameters(of: definition).map { parameter, type in
        (parameter.name, try shared.weights.weight(for: parameter, type: type))
      })
    exported.metadata["format"] = "pt"
    if !shared.weights.roundedProducts.isEmpty {
      exported.metadata[CheckpointWeights.productsKey] =
        shared.weights.roundedProducts.sorted().joined(separator: "\n")
    }
    exported.config = try weightOrigin?.configuration.map { try ModelConfig(contentsOf: $0) }
    if let gguf = weightOrigin?.gguf {
      for (name, value) in try ImportedFiles.contents(of: gguf) {
        if name == "tokenizer.json" { exported.tokenizer = value }
        if name == "tokenizer_config.json" {
          exported.tokenizerConfig = ModelConfig(value, source: gguf.path)
        }
      }
    } else if let file = existingTokenizerFile {
      exported.tokenizer = try Tokenizer.document(of: file)
      exported.tokenizerConfig = try Self.tokenizerConfig(
        in: file.deletingLastPathComponent())
    }
    return exported
  }

  /// `tokenizer_config.json`, with the chat template that stands in a file of its own.
  private static func tokenizerConfig(in folder: URL) throws -> ModelConfig? {
    func file(_ name: String) -> URL? {
      let file = folder.appending(path: name)
      return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }
    guard let given = file("tokenizer_config.json") else { return nil }
    let config = try ModelConfig(contentsOf: given)
    guard config.value(at: "chat_template") == nil, let template = file("chat_template.jinja"),
      case .object(var object) = config.root
    else { return config }
    let text = String(decoding: try FileReading.data(template, limit: 4 << 20), as: UTF8.self)
    _ = object.append("chat_template", .string(text))
    return ModelConfig(.object(object), source: given.path)
  }
}
