import Foundation
import Weft

/// `tokenizer.json`, and texts that it encodes: the file, a zero, the text.
struct TokenizerTarget: FuzzTarget {
  static let name = "tokenizer"
  static let words = [
    "\"type\":", "BPE", "WordPiece", "WordLevel", "Unigram", "ByteLevel", "Metaspace", "Sequence",
    "Split", "Replace", "Strip", "Fuse", "ByteFallback", "TemplateProcessing", "BertProcessing",
    "\"Regex\":", "\"String\":", "\"pattern\":", "\\\\p{L}", "(?i:", "(?!", "(?=", "{1,3}", "*+",
    "[^\\\\s]", "\"vocab\":", "\"merges\":", "\"added_tokens\":", "\"special\":true",
    "\"content\":",
    "\"normalizer\":", "\"pre_tokenizer\":", "\"post_processor\":", "\"decoder\":",
    "\"truncation\":",
    "\"padding\":", "\"max_length\":", "\"stride\":", "NFC", "NFKD", "Precompiled", "\0",
  ]

  init() throws {}

  func seeds() throws -> [Data] {
    let text = Data("\0Hello, wörld! It's 12 o'clock\n  你好".utf8)
    var seeds = try Repository.files("Tests/TokenizersTests/Reference", "json", limit: 50_000)
      .filter { $0.lastPathComponent.contains("tokenizer") }.map { try Data(contentsOf: $0) + text }
    let root = JSONField(
      try JSONParser.parse(
        Data(contentsOf: Repository.file("Tests/TokenizersTests/Reference/parts.cases.json"))))
    let words =
      "\"vocab\":{\"a\":0,\"b\":1,\"ab\":2,\"Hello\":3,\"Ġ\":4,\"▁\":5,\"<unk>\":6,\"##b\":7}"
    let models = [
      "{\"type\":\"BPE\",\(words),\"merges\":[\"a b\"]}",
      "{\"type\":\"BPE\",\(words),\"merges\":[[\"a\",\"b\"]],\"byte_fallback\":true,\"unk_token\":\"<unk>\"}",
      "{\"type\":\"WordPiece\",\(words),\"unk_token\":\"<unk>\",\"continuing_subword_prefix\":\"##\"}",
      "{\"type\":\"WordLevel\",\(words),\"unk_token\":\"<unk>\"}",
      "{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"<unk>\",0],[\"a\",-1.5],[\"ab\",-2],[\"▁\",-3]]}",
    ]
    let kinds = [
      ("pre_tokenizers", "pre_tokenizer"), ("normalizers", "normalizer"),
      ("decoders", "decoder"), ("post_processors", "post_processor"),
    ]
    for (plural, key) in kinds {
      for (i, element) in ((try root.member(plural)?.elements()) ?? []).enumerated() {
        guard let part = try element.member("part")?.value else { continue }
        let model = models[i % models.count]
        let added = "[{\"id\":8,\"content\":\"<s>\",\"special\":true,\"lstrip\":true}]"
        seeds.append(
          Data("{\"added_tokens\":\(added),\"\(key)\":\(part.text),\"model\":\(model)}".utf8) + text
        )
      }
    }
    return seeds
  }

  func run(_ bytes: Data) {
    let cut = bytes.lastIndex(of: 0) ?? bytes.endIndex
    guard let tokenizer = try? Tokenizer(json: Data(bytes[..<cut]), source: "fuzz.json") else {
      return
    }
    let text = String(decoding: bytes[min(cut + 1, bytes.endIndex)...], as: UTF8.self)
    for text in [text, "a b\u{301}", ""] {
      let ids = tokenizer.encode(text).ids.map(Int.init)
      _ = tokenizer.decode(ids)
      var stream = tokenizer.stream(skipSpecialTokens: false)
      for id in ids + [-1, .max] { _ = stream.append(id) }
      _ = stream.finish()
    }
  }
}
