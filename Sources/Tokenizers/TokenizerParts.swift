import Formats

/// All parts that a tokenizer.json may name: what Weft ships, and what plugins add.
public struct TokenizerParts: Sendable {
  private var normalizers = PartTable<any Normalizer>(.normalizer)
  private var preTokenizers = PartTable<any PreTokenizer>(.preTokenizer)
  private var models = PartTable<any TokenizerModel>(.model)
  private var postProcessors = PartTable<any PostProcessor>(.postProcessor)
  private var decoders = PartTable<any TokenDecoder>(.decoder)

  /// These parts; of two that have kind and type in common, the later.
  public init(_ parts: [TokenizerPart] = []) {
    for part in parts { add(part) }
  }

  /// What Weft ships.
  public static let standard = TokenizerParts(StandardTokenizerParts.all)

  /// Adds a part, in the place of one of its kind and type.
  public mutating func add(_ part: TokenizerPart) {
    switch part.reader {
    case .normalizer(let read): normalizers.add(part.type, read)
    case .preTokenizer(let read): preTokenizers.add(part.type, read)
    case .model(let read): models.add(part.type, read)
    case .postProcessor(let read): postProcessors.add(part.type, read)
    case .decoder(let read): decoders.add(part.type, read)
    }
  }

  /// The normalizer that an object with a `type` describes.
  public func normalizer(_ field: JSONField) throws(JSONFieldError) -> any Normalizer {
    try normalizers.part(field, self)
  }

  /// The pre-tokenizer that an object with a `type` describes.
  public func preTokenizer(_ field: JSONField) throws(JSONFieldError) -> any PreTokenizer {
    try preTokenizers.part(field, self)
  }

  /// The model that an object describes, by its `type` or, where old files have none, by its fields.
  public func model(_ field: JSONField) throws(JSONFieldError) -> any TokenizerModel {
    try models.part(field, type: modelType(field), self)
  }

  /// The post-processor that an object with a `type` describes.
  public func postProcessor(_ field: JSONField) throws(JSONFieldError) -> any PostProcessor {
    try postProcessors.part(field, self)
  }

  /// The decoder that an object with a `type` describes.
  public func decoder(_ field: JSONField) throws(JSONFieldError) -> any TokenDecoder {
    try decoders.part(field, self)
  }
}
