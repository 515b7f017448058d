import Formats
import Foundation

/// A tokenizer as Hugging Face's `tokenizer.json` describes it.
///
/// A text passes: added tokens found verbatim → normalizer → added tokens found in the normalized
/// text → pre-tokenizer → model → truncation → post-processor.
public struct Tokenizer: Sendable {
  /// How the file would have texts cut. `encode` does so only when it is given a length.
  public let truncation: Truncation?
  /// How the file would have batches padded. `encode` never pads; see `Encoding.pad`.
  public let padding: Padding?

  private let added: AddedTokens
  private let normalizer: (any Normalizer)?
  private let preTokenizer: (any PreTokenizer)?
  private let model: any TokenizerModel
  private let postProcessor: any PostProcessor
  private let decoder: (any TokenDecoder)?

  /// A larger file isn't a tokenizer.
  private static let maximumFileSize = 256 << 20

  /// Reads a `tokenizer.json`, or the tokenizer of a `.gguf` file.
  ///
  /// - Parameter parts: what a `tokenizer.json` may name.
  public init(
    contentsOf url: URL, parts: TokenizerParts = .standard
  ) throws(TokenizerError) {
    if url.pathExtension.lowercased() == "gguf" {
      let file: GGUFReader
      do {
        file = try GGUFReader(contentsOf: url)
      } catch {
        throw .format(error)
      }
      try self.init(metadata: file.metadata, source: url.path)
      return
    }
    try self.init(Tokenizer.document(of: url), source: url.path, parts)
  }

  /// Reads the text of a `tokenizer.json`; errors name `source` as the file.
  public init(
    json: Data, source: String, parts: TokenizerParts = .standard
  ) throws(TokenizerError) {
    try self.init(Tokenizer.document(json, source: source), source: source, parts)
  }

  /// The document in a `tokenizer.json`.
  public static func document(of url: URL) throws(TokenizerError) -> JSONValue {
    let data: Data
    do {
      data = try FileReading.data(url, limit: Tokenizer.maximumFileSize)
    } catch {
      throw .file(error)
    }
    return try document(data, source: url.path)
  }

  private static func document(_ json: Data, source: String) throws(TokenizerError) -> JSONValue {
    do {
      return try JSONParser.parse(json)
    } catch {
      throw .json(source: source, error)
    }
  }

  /// The tokenizer of a `tokenizer.json`'s document; errors name `source` as the file.
  public init(
    _ document: JSONValue, source: String, _ parts: TokenizerParts = .standard
  ) throws(TokenizerError) {
    do {
      try self.init(JSONField(document), parts)
    } catch {
      throw .field(source: source, error)
    }
  }

  /// The tokenizer that the metadata of a GGUF file describes; errors name `source` as the file.
  public init(metadata: GGUFMetadata, source: String) throws(TokenizerError) {
    let described: GGUFTokenizer
    do {
      described = try GGUFTokenizer(metadata)
    } catch {
      throw .metadata(source: source, error)
    }
    do {
      try self.init(JSONField(described.document), .standard)
    } catch {
      throw .field(source: "\(source), as tokenizer.json", error)
    }
  }

  private init(_ root: JSONField, _ parts: TokenizerParts) throws(JSONFieldError) {
    model = try parts.model(root.required("model", "an object that describes the model"))
    normalizer = try Tokenizer.part(root, "normalizer", parts.normalizer)
    preTokenizer = try Tokenizer.part(root, "pre_tokenizer", parts.preTokenizer)
    postProcessor = try Tokenizer.part(root, "post_processor", parts.postProcessor) ?? Joining()
    decoder = try Tokenizer.part(root, "decoder", parts.decoder)
    let truncationField = try root.member("truncation")
    truncation = try truncationField.map { field throws(JSONFieldError) in try Truncation(field) }
    let paddingField = try root.member("padding")
    padding = try paddingField.map { field throws(JSONFieldError) in try Padding(field) }
    added = try AddedTokens(
      root.member("added_tokens"), model: model.vocabulary, normalizer: normalizer)
  }

  private static func part<Part>(
    _ root: JSONField, _ key: String, _ read: (JSONField) throws(JSONFieldError) -> Part
  ) throws(JSONFieldError) -> Part? {
    guard let field = try root.member(key) else { return nil }
    return try read(field)
  }

  /// The number of tokens, added ones included.
  public var vocabularySize: Int {
    model.vocabulary.count
      + added.vocabulary.entries.count { model.vocabulary.id(of: $0.token) == nil }
  }

  /// The token of an id, or nil.
  public func token(for id: Int) -> String? {
    guard let id = Int32(exactly: id) else { return nil }
    return added.vocabulary.token(of: id) ?? model.vocabulary.token(of: id)
  }

  /// The id of a token, or nil.
  public func id(for token: String) -> Int? {
    (added.vocabulary.id(of: token) ?? model.vocabulary.id(of: token)).map(Int.init)
  }

  /// The tokens of a text.
  ///
  /// Nothing is cut and nothing padded, whatever the file says, unless `maximumLength` asks for
  /// it: then at most so many tokens are left, special tokens (which are always kept) included.
  public func encode(
    _ text: String, addSpecialTokens: Bool = true, maximumLength: Int? = nil
  ) -> Encoding {
    finish(
      Encoding(tokenize(text), typeID: 0), nil, addSpecialTokens: addSpecialTokens, maximumLength)
  }

  /// The tokens of a pair of texts, such as a question and a passage.
  ///
  /// Offsets are those of the text that a token comes from. See `encode` for `maximumLength`.
  public func encode(
    _ first: String, pairedWith second: String, addSpecialTokens: Bool = true,
    maximumLength: Int? = nil
  ) -> Encoding {
    finish(
      Encoding(tokenize(first), typeID: 0), Encoding(tokenize(second), typeID: 1),
      addSpecialTokens: addSpecialTokens, maximumLength)
  }

  private func finish(
    _ first: Encoding, _ second: Encoding?, addSpecialTokens: Bool, _ maximumLength: Int?
  ) -> Encoding {
    var (first, second) = (first, second)
    if let maximumLength {
      let specials = addSpecialTokens ? postProcessor.addedTokenCount(isPair: second != nil) : 0
      let truncation = truncation ?? Truncation(maximumLength: maximumLength)
      truncation.apply(to: &first, &second, length: max(0, maximumLength - specials))
    }
    return postProcessor.process(first, second, addSpecialTokens: addSpecialTokens)
  }

  private func tokenize(_ text: String) -> [Token] {
    var tokens: [Token] = []
    for piece in added.splitVerbatim(AlignedText(text)) {
      switch piece {
      case .token(let token): tokens.append(token)
      case .text(var text):
        normalizer?.normalize(&text)
        for piece in added.splitNormalized(text) {
          switch piece {
          case .token(let token): tokens.append(token)
          case .text(let text):
            for word in preTokenizer?.split(text) ?? [text] {
              model.tokenize(word, into: &tokens)
            }
          }
        }
      }
    }
    return tokens
  }

  /// What a token's text hangs on.
  var reach: DecodingReach { decoder?.reach ?? .neighbors }

  /// The text of `ids`, without special tokens unless they are asked for.
  ///
  /// An id that no token has adds nothing.
  public func decode(_ ids: [Int], skipSpecialTokens: Bool = true) -> String {
    let tokens = ids.compactMap { id -> String? in
      guard let exact = Int32(exactly: id), let token = token(for: id) else { return nil }
      return skipSpecialTokens && added.isSpecial(exact) ? nil : token
    }
    guard let decoder else { return tokens.joined(separator: " ") }
    return decoder.decode(tokens).joined()
  }
}
