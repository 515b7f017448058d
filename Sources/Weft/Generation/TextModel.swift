import Foundation

/// A decoder with what its texts need: tokenizer, chat template and the tokens that end a text.
///
/// ```swift
/// let texts = try TextModel(model)
/// let engine = try GenerationEngine(texts.tokenModel(capacity: 1024), tokenizer: texts.tokenizer)
/// ```
public struct TextModel: Sendable {
  /// The model.
  public let model: Model
  /// The tokenizer.
  public let tokenizer: Tokenizer
  /// How conversations are written; nil where the model doesn't say.
  public let chat: ChatFormat?
  /// The tokens that end a text, by `generation_config.json`, else `config.json`.
  public let stopTokens: Set<Int32>
  /// How many tokens the model was made for, by `config.json`.
  public let contextLength: Int?
  /// Whether the graph has entries with a cache.
  public let hasCache: Bool

  /// What belongs to `model`: files beside its weights, as Hugging Face has them.
  ///
  /// - Parameters:
  ///   - tokenizer: a `tokenizer.json` in place of the model's.
  ///   - template: a chat template's file in place of the model's.
  /// - Throws: ``TextModelError``, and what is wrong with the tokenizer's file.
  public init(_ model: Model, tokenizer: URL? = nil, template: URL? = nil) throws {
    guard let file = tokenizer ?? model.existingTokenizerFile else {
      throw TextModelError.noTokenizer
    }
    let reading = Background {
      try Tokenizer(contentsOf: file, parts: model.registry.tokenizerParts)
    }
    let names = model.definition.entries.map(\.name)
    hasCache = names.contains("prefill") && names.contains("decode")
    // Passes run while the tokenizer is read.
    if hasCache { for name in ["prefill", "decode"] { _ = try model.entry(name).compiled() } }
    let files = try TextModelFiles(model.weightOrigin, tokenizer: file)
    self.model = model
    self.tokenizer = try reading.value()
    chat = try files.chat(template)
    contextLength =
      try files.config?.integer(at: "max_position_embeddings")
      ?? files.config?.integer(at: "n_positions")
    stopTokens = try files.stopTokens(self.tokenizer)
  }

  /// The model as generation asks for it, with room for `slots` sequences of `capacity` tokens.
  public func tokenModel(
    slots: Int = 1, capacity: Int, format: StateFormat = .f32
  ) throws -> any TokenModel {
    let made: any TokenModel =
      if hasCache {
        try DecodingSession(model, slots: slots, capacity: capacity, format: format)
      } else {
        try WholeSequenceModel(model.entry(), slots: slots, capacity: capacity)
      }
    guard tokenizer.vocabularySize <= made.vocabulary else {
      throw TextModelError.vocabulary(tokenizer: tokenizer.vocabularySize, model: made.vocabulary)
    }
    return made
  }

  /// The tokens of a prompt. A text that a template made brings its special tokens with it.
  public func tokens(of text: String, isRendered: Bool = false) -> [Int32] {
    tokenizer.encode(text, addSpecialTokens: !isRendered).ids
  }
}

/// The files beside a model's weights that say how it writes texts.
struct TextModelFiles {
  private let folder: URL?
  let config: ModelConfig?
  private let generation: ModelConfig?
  private let tokenizer: ModelConfig?

  init(_ origin: WeightOrigin?, tokenizer file: URL) throws {
    if let gguf = origin?.gguf {
      (folder, generation) = (nil, nil)
      config = try ModelConfig(contentsOf: gguf)
      tokenizer = try GGUFTokenizer.configuration(of: gguf)
      return
    }
    let folder = origin?.folder
    self.folder = folder
    // A file may be missing; one that is there and broken is an error.
    func read(_ folder: URL?, _ name: String) throws -> ModelConfig? {
      guard let file = folder?.appending(path: name),
        FileManager.default.fileExists(atPath: file.path)
      else { return nil }
      return try ModelConfig(contentsOf: file)
    }
    config = try read(folder, "config.json")
    generation = try read(folder, "generation_config.json")
    tokenizer =
      try read(file.deletingLastPathComponent(), "tokenizer_config.json")
      ?? read(folder, "tokenizer_config.json")
  }

  /// The tokens that end a text.
  func stopTokens(_ tokenizer: Tokenizer) throws -> Set<Int32> {
    for file in [generation, config].compactMap(\.self) {
      switch file.value(at: "eos_token_id") {
      case .integer(let id)?: return Set([id].compactMap { Int32(exactly: $0) })
      case .array?:
        return Set(try file.integers(at: "eos_token_id")?.compactMap { Int32(exactly: $0) } ?? [])
      default: continue
      }
    }
    guard let text = specialToken("eos_token"), let id = tokenizer.id(for: text) else { return [] }
    return Set([id].compactMap { Int32(exactly: $0) })
  }

  /// A special token's text: a string, or an object with its content.
  private func specialToken(_ name: String) -> String? {
    switch tokenizer?.value(at: name) {
    case .string(let text)?: text
    case .object?: try? tokenizer?.string(at: "\(name).content")
    default: nil
    }
  }

  func chat(_ override: URL?) throws -> ChatFormat? {
    guard let (text, source) = try template(override) else { return nil }
    var variables: [String: JSONValue] = [:]
    for key in tokenizer?.keys ?? [] where key.hasSuffix("_token") {
      if let token = specialToken(key) { variables[key] = .string(token) }
    }
    return try ChatFormat(text, source: source, variables: variables)
  }

  private func template(_ override: URL?) throws -> (String, String)? {
    let file = override ?? folder?.appending(path: "chat_template.jinja")
    if let file, override != nil || FileManager.default.fileExists(atPath: file.path) {
      let data = try FileReading.data(file, limit: 4 << 20)
      guard let text = String(validating: data, as: UTF8.self) else {
        throw TextModelError.file(source: file.path, "the text isn't UTF-8")
      }
      return (text, file.path)
    }
    guard let tokenizer else { return nil }
    let source = "\(tokenizer.source), chat_template"
    switch tokenizer.value(at: "chat_template") {
    case .string(let text)?: return (text, source)
    case .array(let templates)?:
      // Several, each with its name; 'default' is the one for conversations.
      for case .object(let one) in templates where one["name"] == .string("default") {
        if case .string(let text)? = one["template"] { return (text, source) }
      }
      return nil
    default: return nil
    }
  }
}
