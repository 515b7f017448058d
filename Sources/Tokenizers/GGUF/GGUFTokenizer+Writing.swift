import Formats

/// A tokenizer.json as the metadata of a GGUF file describes it.
struct GGUFTokenizerText {
  private let root: JSONField
  private let configuration: ModelConfig?
  private let config: ModelConfig?
  private(set) var metadata: GGUFMetadata

  private var tokens: [String] = []
  private var kinds: [Int32] = []
  private var ids: [String: Int] = [:]

  /// Adds what `document`, `tokenizer_config.json` and `config.json` say to `metadata`; tokens that
  /// there aren't fill up to `size`.
  init(
    _ document: JSONValue, _ configuration: ModelConfig?, _ config: ModelConfig?, size: Int,
    to metadata: GGUFMetadata
  ) throws {
    root = JSONField(document)
    (self.configuration, self.config, self.metadata) = (configuration, config, metadata)
    let model = try root.required("model", "an object that describes the model")
    let type = try model.member("type")?.string() ?? modelType(model)
    guard type == "BPE" else {
      throw model.error(expected: "a model of type BPE, which a GGUF file of this family has")
    }
    let isPieces = try model.member("byte_fallback")?.bool() ?? false
    try readTokens(model, size: size, isPieces: isPieces)
    self.metadata["tokenizer.ggml.model"] = .string(isPieces ? "llama" : "gpt2")
    if !isPieces { self.metadata["tokenizer.ggml.pre"] = .string(try splitRules(model)) }
    self.metadata["tokenizer.ggml.tokens"] = .array(GGUFArray(tokens))
    self.metadata["tokenizer.ggml.token_type"] = .array(GGUFArray(kinds))
    try addMerges(model, isPieces: isPieces)
    if isPieces {
      self.metadata["tokenizer.ggml.add_space_prefix"] = .bool(try prependsSpace())
    }
    try addSpecialTokens()
  }

  private mutating func readTokens(_ model: JSONField, size: Int, isPieces: Bool) throws {
    var known: [Int: (text: String, kind: GGUFTokenizer.Kind)] = [:]
    let vocabulary = try model.required("vocab", "an object that gives each token its id")
    let unknown = try model.member("unk_token")?.string()
    let object = try vocabulary.object()
    for (text, value) in zip(object.keys, object.values) {
      guard case .integer(let id) = value else {
        throw vocabulary.error(expected: "an id for each token")
      }
      let isByte = isPieces && text.count == 6 && text.hasPrefix("<0x") && text.hasSuffix(">")
      known[id] = (text, isByte ? .byte : isPieces && text == unknown ? .unknown : .normal)
    }
    for token in try root.member("added_tokens")?.elements() ?? [] {
      let id = try token.required("id", "an id").integer()
      let text = try token.required("content", "the token's text").string()
      let isSpecial = try token.member("special")?.bool() ?? false
      if known[id]?.kind == .unknown { continue }
      known[id] = (text, isSpecial ? .control : .userDefined)
    }
    let count = max(size, (known.keys.max() ?? -1) + 1)
    guard count <= 1 << 24, known.keys.allSatisfy({ $0 >= 0 }) else {
      throw vocabulary.error(expected: "ids from 0 to 16777215")
    }
    for id in 0..<count {
      let token = known[id] ?? ("[PAD\(id)]", .unused)
      tokens.append(token.text)
      kinds.append(Int32(token.kind.rawValue))
      ids[token.text] = id
    }
  }

  private mutating func addMerges(_ model: JSONField, isPieces: Bool) throws {
    let given = try model.required("merges", "an array of merges")
    var merges: [String] = []
    var scores = [Float](repeating: isPieces ? -1e9 : 0, count: tokens.count)
    for (rank, merge) in try given.elements().enumerated() {
      let parts: [String]
      if case .string(let text) = merge.value {
        parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      } else {
        parts = try merge.elements().map { try $0.string() }
      }
      guard parts.count == 2, !parts[0].contains(" "), !parts[1].contains(" ") else {
        throw merge.error(expected: "two tokens without spaces, which a GGUF file can say")
      }
      merges.append("\(parts[0]) \(parts[1])")
      if let id = ids[parts[0] + parts[1]], scores[id] == -1e9 { scores[id] = -Float(rank) }
    }
    metadata["tokenizer.ggml.merges"] = .array(GGUFArray(merges))
    if isPieces { metadata["tokenizer.ggml.scores"] = .array(GGUFArray(scores)) }
  }

  /// The name of the rules by which texts are split.
  private func splitRules(_ model: JSONField) throws -> String {
    var (patterns, digits, spells) = ([String](), false, false)
    let given = try root.required("pre_tokenizer", "rules by which texts are split")
    let isSequence = try given.member("type")?.string() == "Sequence"
    let parts = isSequence ? try given.member("pretokenizers")?.elements() ?? [] : [given]
    for part in parts {
      switch try part.member("type")?.string() {
      case "Split"?:
        let pattern = try part.required("pattern", "a pattern").member("Regex")?.string()
        guard let pattern, try part.member("behavior")?.string() == "Isolated",
          try part.member("invert")?.bool() != true
        else { throw part.error(expected: "a regular expression whose matches stand alone") }
        patterns.append(pattern)
      case "Digits"?: digits = try part.member("individual_digits")?.bool() ?? false
      case "ByteLevel"?:
        guard try part.member("add_prefix_space")?.bool() == false else {
          throw part.error(expected: "\"add_prefix_space\": false")
        }
        spells = try part.member("use_regex")?.bool() ?? true
      default: throw part.error(expected: "Split, Digits or ByteLevel")
      }
    }
    let composes = try composesCharacters()
    let whole = try model.member("ignore_merges")?.bool() ?? false
    let found = GGUFSplitRules.name { rules in
      rules.patterns == patterns && rules.splitsDigits == digits && rules.composes == composes
        && rules.prefersWholeWords == whole && spells == patterns.isEmpty
    }
    guard let found else {
      throw given.error(expected: "rules that llama.cpp has a name for")
    }
    return found
  }

  private func composesCharacters() throws -> Bool {
    guard let normalizer = try root.member("normalizer") else { return false }
    let isSequence = try normalizer.member("type")?.string() == "Sequence"
    let parts = isSequence ? try normalizer.member("normalizers")?.elements() ?? [] : [normalizer]
    for part in parts where try part.member("type")?.string() != "NFC" {
      throw part.error(expected: "NFC or none, as llama.cpp has them")
    }
    return !parts.isEmpty
  }

  /// Whether a space is put before a text.
  private func prependsSpace() throws -> Bool {
    if let normalizer = try root.member("normalizer") {
      let parts = try normalizer.member("normalizers")?.elements() ?? [normalizer]
      for part in parts where try part.member("type")?.string() == "Prepend" { return true }
    }
    guard let words = try root.member("pre_tokenizer"),
      try words.member("type")?.string() == "Metaspace"
    else { return false }
    return try words.member("prepend_scheme")?.string() != "never"
  }

  private mutating func addSpecialTokens() throws {
    for (name, key) in [("bos", "bos"), ("eos", "eos"), ("unk", "unknown"), ("pad", "padding")] {
      var text = try? configuration?.string(at: "\(name)_token")
      if text == nil { text = try? configuration?.string(at: "\(name)_token.content") }
      var id = text.flatMap { ids[$0] }
      if id == nil { id = try? config?.integer(at: "\(name)_token_id") }
      if id == nil { id = try? config?.integer(at: "\(name)_token_id.0") }
      guard let id, tokens.indices.contains(id) else { continue }
      metadata["tokenizer.ggml.\(key)_token_id"] = .uint32(UInt32(id))
    }
    if let template = try? configuration?.string(at: "chat_template") {
      metadata["tokenizer.chat_template"] = .string(template)
    }
  }
}

extension GGUFTokenizer {
  /// Texts that must have the same tokens once a tokenizer was written.
  private static let samples = [
    "", "Hello, world!", "  two  spaces\n\nand lines\t",
    "It's 2024, isn't it? I'll've 1234567 reasons.",
    "naïve café e\u{301}", "日本語 и русский", "🙂👍🏽", "def f(x):\n    return x**2 # ok",
    "ALLCAPS camelCase",
  ]

  /// Adds what a GGUF file says of the tokenizer in `document` to `metadata`.
  ///
  /// - Parameter size: how many tokens the model has vectors for.
  /// - Throws: ``JSONFieldError`` for what such a file can't say, and ``TokenizerError``.
  public static func add(
    _ document: JSONValue, configuration: ModelConfig?, config: ModelConfig?, size: Int,
    to metadata: inout GGUFMetadata
  ) throws {
    let original = try Tokenizer(document, source: "tokenizer.json")
    var written = try GGUFTokenizerText(
      document, configuration, config, size: size, to: metadata
    ).metadata
    let ends = original.encode("a").ids
    for (name, id) in [("bos", ends.first), ("eos", ends.last)] {
      let known = written["tokenizer.ggml.\(name)_token_id"]?.integer
      written["tokenizer.ggml.add_\(name)_token"] = .bool(
        ends.count > 1 && known != nil && id.map(Int.init) == known)
    }
    let again = try Tokenizer(metadata: written, source: "the GGUF file")
    for sample in samples {
      let (a, b) = (original.encode(sample), again.encode(sample))
      guard a.ids == b.ids else {
        throw JSONFieldError(
          path: "", expected: "a tokenizer that a GGUF file can say",
          found: "one that gives other tokens of \(sample.quotedForMessage)")
      }
    }
    metadata = written
  }
}

extension GGUFSplitRules {
  /// The first name of the rules that `matches` takes; nil where there are none.
  static func name(where matches: (GGUFSplitRules) -> Bool) -> String? {
    all.first(where: matches)?.names.first
  }
}
