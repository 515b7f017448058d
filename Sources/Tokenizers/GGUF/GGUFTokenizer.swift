import Formats
import Foundation

/// A tokenizer as the metadata of a GGUF file describes it, told as Hugging Face's files would tell it.
///
/// The metadata has tokens, merges or scores, and the name of the rules by which texts are split
/// (`tokenizer.ggml.pre`); Hugging Face's `tokenizer.json` says the rules themselves.
public struct GGUFTokenizer: Sendable {
  /// `tokenizer.json`.
  public let document: JSONValue
  /// `tokenizer_config.json`: special tokens by name, and the chat template.
  public let configuration: JSONValue

  /// The tokens' kinds, by ggml's numbers.
  enum Kind: Int {
    case normal = 1
    case unknown, control, userDefined, unused, byte
  }

  /// Reads the metadata.
  ///
  /// - Throws: ``GGUFFault`` where there is no tokenizer, one of a kind that Weft doesn't read, or
  ///   parts of it don't fit each other.
  public init(_ metadata: GGUFMetadata) throws(GGUFFault) {
    let parts = try GGUFVocabulary(metadata)
    var document = JSONObject()
    _ = document.append("version", .string("1.0"))
    _ = document.append("added_tokens", parts.addedTokens)
    switch try metadata.string("tokenizer.ggml.model") {
    case "gpt2"?: try GGUFTokenizer.byteLevel(parts, metadata, &document)
    case "llama"?: try GGUFTokenizer.sentencePieces(parts, metadata, &document)
    case let other?:
      throw .value(
        key: "tokenizer.ggml.model", expected: "gpt2 or llama", found: other.quotedForMessage)
    case nil: throw .missing(key: "tokenizer.ggml.model", expected: "gpt2 or llama")
    }
    self.document = .object(document)
    configuration = try GGUFTokenizer.configuration(parts, metadata)
  }

  /// ``configuration`` of the GGUF file at `url`, which may have no tokenizer: then it is empty.
  public static func configuration(of url: URL) throws(TokenizerError) -> ModelConfig {
    let metadata: GGUFMetadata
    do {
      metadata = try GGUFReader(contentsOf: url).metadata
    } catch {
      throw .format(error)
    }
    guard metadata["tokenizer.ggml.tokens"] != nil else {
      return ModelConfig(.object(JSONObject()), source: url.path)
    }
    do {
      let value = try configuration(GGUFVocabulary(metadata), metadata)
      return ModelConfig(value, source: url.path)
    } catch {
      throw .metadata(source: url.path, error)
    }
  }

  /// BPE over bytes: GPT-2, Llama 3, Qwen.
  private static func byteLevel(
    _ parts: GGUFVocabulary, _ metadata: GGUFMetadata, _ document: inout JSONObject
  ) throws(GGUFFault) {
    let rules = try GGUFSplitRules.named(metadata.string("tokenizer.ggml.pre") ?? "default")
    if rules.composes { _ = document.append("normalizer", .parts(["type": .string("NFC")])) }
    _ = document.append("pre_tokenizer", rules.preTokenizer)
    let adds = try metadata.bool("tokenizer.ggml.add_bos_token") ?? rules.addsBeginning
    _ = document.append("post_processor", try parts.postProcessor(metadata, adds: adds))
    _ = document.append("decoder", GGUFSplitRules.byteLevel(usesRegex: true))
    guard let texts = try metadata.strings("tokenizer.ggml.merges") else {
      throw .missing(key: "tokenizer.ggml.merges", expected: "an array of texts")
    }
    _ = document.append(
      "model",
      .parts([
        "type": .string("BPE"), "ignore_merges": .bool(rules.prefersWholeWords),
        "vocab": .object(parts.vocabulary), "merges": .array(texts.map { .string($0) }),
      ]))
  }

  /// BPE over characters, with bytes for those that no token has: Llama 2, Gemma.
  private static func sentencePieces(
    _ parts: GGUFVocabulary, _ metadata: GGUFMetadata, _ document: inout JSONObject
  ) throws(GGUFFault) {
    let space = JSONValue.parts([
      "type": .string("Replace"), "pattern": .parts(["String": .string(" ")]),
      "content": .string("▁"),
    ])
    let prepends = try metadata.bool("tokenizer.ggml.add_space_prefix") ?? true
    let prefix = JSONValue.parts(["type": .string("Prepend"), "prepend": .string("▁")])
    _ = document.append(
      "normalizer",
      .parts([
        "type": .string("Sequence"),
        "normalizers": .array(prepends ? [prefix, space] : [space]),
      ]))
    let adds = try metadata.bool("tokenizer.ggml.add_bos_token") ?? true
    _ = document.append("post_processor", try parts.postProcessor(metadata, adds: adds))
    var decoders: [JSONValue] = [
      .parts([
        "type": .string("Replace"), "pattern": .parts(["String": .string("▁")]),
        "content": .string(" "),
      ]), .parts(["type": .string("ByteFallback")]), .parts(["type": .string("Fuse")]),
    ]
    if prepends {
      decoders.append(
        .parts([
          "type": .string("Strip"), "content": .string(" "), "start": .integer(1),
          "stop": .integer(0),
        ]))
    }
    _ = document.append(
      "decoder", .parts(["type": .string("Sequence"), "decoders": .array(decoders)]))
    let unknown = try parts.unknown(metadata)
    let merges = try parts.merges(metadata)
    _ = document.append(
      "model",
      .parts([
        "type": .string("BPE"), "byte_fallback": .bool(true), "fuse_unk": .bool(true),
        "unk_token": unknown.map { .string($0) } ?? .null, "vocab": .object(parts.vocabulary),
        "merges": merges,
      ]))
  }

  private static func configuration(
    _ parts: GGUFVocabulary, _ metadata: GGUFMetadata
  ) throws(GGUFFault) -> JSONValue {
    var object = JSONObject()
    for (name, key) in [
      ("bos_token", "bos"), ("eos_token", "eos"), ("unk_token", "unknown"),
      ("pad_token", "padding"),
    ] {
      if let token = try parts.special(key, metadata) {
        _ = object.append(name, .string(token.text))
      }
    }
    if let template = try metadata.string("tokenizer.chat_template") {
      _ = object.append("chat_template", .string(template))
    }
    return .object(object)
  }
}

extension JSONValue {
  /// An object of these members.
  static func parts(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    var object = JSONObject()
    for (key, value) in members { _ = object.append(key, value) }
    return .object(object)
  }
}
