import Formats

/// How BPE over bytes splits texts into words, by the names that llama.cpp's converter gives.
struct GGUFSplitRules {
  /// The names in `tokenizer.ggml.pre`.
  let names: [String]
  /// One after the other; each splits what the one before left. Empty for GPT-2's own.
  let patterns: [String]
  /// Whether a word that is a token is one, whatever merges say.
  var prefersWholeWords = false
  /// Whether characters are composed before (NFC).
  var composes = false
  /// Whether each digit is a word of its own, before GPT-2's rules.
  var splitsDigits = false
  /// Whether a text begins with the token of beginnings, where the file doesn't say.
  var addsBeginning = false

  private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
  private static let rest =
    #" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  private static let slashedRest =
    #" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  private static let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
  private static let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
  private static let words = #"[^\r\n\p{L}\p{N}]?\p{L}+"#

  static let all: [GGUFSplitRules] = [
    GGUFSplitRules(
      names: ["gpt-2", "phi-2", "jina-es", "jina-de", "mpt", "olmo", "jais", "roberta-bpe"],
      patterns: []),
    GGUFSplitRules(
      names: ["default"],
      patterns: [
        #"[\p{P}\$\+<=>\^~\|]+"#,
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)"#,
        #"\p{N}+"#, "[0-9][0-9][0-9]",
      ]),
    GGUFSplitRules(
      names: ["llama-bpe", "llama-v3", "llama3", "falcon3", "dbrx", "smaug-bpe"],
      patterns: [#"\#(contractions)|\#(words)|\p{N}{1,3}|\#(rest)"#], prefersWholeWords: true,
      addsBeginning: true),
    GGUFSplitRules(
      names: ["qwen2", "deepseek-r1-qwen", "stablelm2"],
      patterns: [#"\#(contractions)|\#(words)|\p{N}|\#(rest)"#], composes: true),
    GGUFSplitRules(
      names: ["smollm", "starcoder", "refact", "command-r", "codeshell"], patterns: [],
      splitsDigits: true),
    GGUFSplitRules(
      names: ["tekken"],
      patterns: [
        #"[^\r\n\p{L}\p{N}]?\#(upper)*\#(lower)+|[^\r\n\p{L}\p{N}]?\#(upper)+\#(lower)*|\p{N}|"#
          + slashedRest
      ], prefersWholeWords: true, addsBeginning: true),
    GGUFSplitRules(
      names: ["gpt-4o", "llama4"],
      patterns: [
        #"[^\r\n\p{L}\p{N}]?\#(upper)*\#(lower)+\#(contractions)?"#
          + #"|[^\r\n\p{L}\p{N}]?\#(upper)+\#(lower)*\#(contractions)?|\p{N}{1,3}|"# + slashedRest
      ]),
  ]

  /// The rules of that name.
  static func named(_ name: String) throws(GGUFFault) -> GGUFSplitRules {
    guard let rules = all.first(where: { $0.names.contains(name) }) else {
      throw .value(
        key: "tokenizer.ggml.pre",
        expected: "one of \(all.flatMap(\.names).sorted().joined(separator: ", "))",
        found: name.quotedForMessage)
    }
    return rules
  }

  /// Words as bytes; with GPT-2's own rules for what a word is, or without.
  static func byteLevel(usesRegex: Bool) -> JSONValue {
    .parts([
      "type": .string("ByteLevel"), "add_prefix_space": .bool(false), "trim_offsets": .bool(true),
      "use_regex": .bool(usesRegex),
    ])
  }

  /// `pre_tokenizer`.
  var preTokenizer: JSONValue {
    var parts: [JSONValue] = patterns.map { pattern in
      .parts([
        "type": .string("Split"), "pattern": .parts(["Regex": .string(pattern)]),
        "behavior": .string("Isolated"), "invert": .bool(false),
      ])
    }
    if splitsDigits {
      parts.append(.parts(["type": .string("Digits"), "individual_digits": .bool(true)]))
    }
    parts.append(GGUFSplitRules.byteLevel(usesRegex: patterns.isEmpty))
    return parts.count == 1
      ? parts[0] : .parts(["type": .string("Sequence"), "pretokenizers": .array(parts)])
  }
}
