import Formats

/// A part of tokenizers under the `type` that a tokenizer.json names it by, with how its object is read.
///
/// ```swift
/// try registry.add(.decoder("Shout") { field in Shout(field) })
/// ```
public struct TokenizerPart: Sendable {
  /// What it is.
  public enum Kind: String, Sendable, CaseIterable {
    case normalizer
    case preTokenizer = "pre-tokenizer"
    case model
    case postProcessor = "post-processor"
    case decoder
  }

  /// How it is read.
  enum Reader: Sendable {
    case normalizer(PartTable<any Normalizer>.Reader)
    case preTokenizer(PartTable<any PreTokenizer>.Reader)
    case model(PartTable<any TokenizerModel>.Reader)
    case postProcessor(PartTable<any PostProcessor>.Reader)
    case decoder(PartTable<any TokenDecoder>.Reader)
  }

  /// What `type` must be.
  public let type: String
  let reader: Reader

  /// What it is.
  public var kind: Kind {
    switch reader {
    case .normalizer: .normalizer
    case .preTokenizer: .preTokenizer
    case .model: .model
    case .postProcessor: .postProcessor
    case .decoder: .decoder
    }
  }

  /// A normalizer.
  public static func normalizer(
    _ type: String,
    _ read: @escaping @Sendable (JSONField) throws(JSONFieldError) -> any Normalizer
  ) -> TokenizerPart {
    normalizer(type) { field, _ throws(JSONFieldError) in try read(field) }
  }

  /// A normalizer with others in it, which the tables read.
  public static func normalizer(
    _ type: String,
    _ read:
      @escaping @Sendable (JSONField, TokenizerParts) throws(JSONFieldError) -> any Normalizer
  ) -> TokenizerPart {
    TokenizerPart(type: type, reader: .normalizer(read))
  }

  /// A pre-tokenizer.
  public static func preTokenizer(
    _ type: String,
    _ read: @escaping @Sendable (JSONField) throws(JSONFieldError) -> any PreTokenizer
  ) -> TokenizerPart {
    preTokenizer(type) { field, _ throws(JSONFieldError) in try read(field) }
  }

  /// A pre-tokenizer with others in it, which the tables read.
  public static func preTokenizer(
    _ type: String,
    _ read:
      @escaping @Sendable (JSONField, TokenizerParts) throws(JSONFieldError) -> any PreTokenizer
  ) -> TokenizerPart {
    TokenizerPart(type: type, reader: .preTokenizer(read))
  }

  /// A model.
  public static func model(
    _ type: String,
    _ read: @escaping @Sendable (JSONField) throws(JSONFieldError) -> any TokenizerModel
  ) -> TokenizerPart {
    TokenizerPart(
      type: type, reader: .model { field, _ throws(JSONFieldError) in try read(field) })
  }

  /// A post-processor.
  public static func postProcessor(
    _ type: String,
    _ read: @escaping @Sendable (JSONField) throws(JSONFieldError) -> any PostProcessor
  ) -> TokenizerPart {
    postProcessor(type) { field, _ throws(JSONFieldError) in try read(field) }
  }

  /// A post-processor with others in it, which the tables read.
  public static func postProcessor(
    _ type: String,
    _ read:
      @escaping @Sendable (JSONField, TokenizerParts) throws(JSONFieldError) -> any PostProcessor
  ) -> TokenizerPart {
    TokenizerPart(type: type, reader: .postProcessor(read))
  }

  /// A decoder.
  public static func decoder(
    _ type: String,
    _ read: @escaping @Sendable (JSONField) throws(JSONFieldError) -> any TokenDecoder
  ) -> TokenizerPart {
    decoder(type) { field, _ throws(JSONFieldError) in try read(field) }
  }

  /// A decoder with others in it, which the tables read.
  public static func decoder(
    _ type: String,
    _ read:
      @escaping @Sendable (JSONField, TokenizerParts) throws(JSONFieldError) -> any TokenDecoder
  ) -> TokenizerPart {
    TokenizerPart(type: type, reader: .decoder(read))
  }
}
