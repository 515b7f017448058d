import Foundation
import Testing

@testable import Tokenizers

/// A tokenizer with a vocabulary of a few words, for tests that need one part changed.
func smallTokenizer(_ changes: [String: Any] = [:]) throws -> Tokenizer {
  let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b", "##b", "ab", "c", "good", "day", "é"]
  var file: [String: Any] = [
    "added_tokens": [],
    "normalizer": ["type": "BertNormalizer"],
    "pre_tokenizer": ["type": "BertPreTokenizer"],
    "post_processor": ["type": "BertProcessing", "cls": ["[CLS]", 2], "sep": ["[SEP]", 3]],
    "decoder": ["type": "WordPiece", "prefix": "##", "cleanup": true],
    "model": [
      "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
      "max_input_chars_per_word": 100,
      "vocab": Dictionary(uniqueKeysWithValues: zip(words, 0...)),
    ],
  ]
  file.merge(changes) { $1 }
  return try Tokenizer(
    json: try JSONSerialization.data(withJSONObject: file), source: "tokenizer.json")
}

func addedToken(_ content: String, id: Int, _ flags: String...) -> [String: Any] {
  var token: [String: Any] = ["id": id, "content": content, "normalized": false, "special": true]
  for flag in flags { token[flag] = true }
  return token
}

@Suite struct `Tokenizing` {
  @Test(arguments: Reference.families.flatMap(Reference.cases))
  func `cases give the reference's ids, tokens and text`(_ expected: Reference.Case) throws {
    let tokenizer = try #require(Reference.tokenizers[expected.family])
    let encoding = tokenizer.encode(expected.text)
    #expect(encoding.ids == expected.ids)
    #expect(scalars(encoding.tokens) == scalars(expected.tokens))
    #expect(scalars(tokenizer.decode(expected.ids.map(Int.init))) == scalars(expected.decoded))
  }

  @Test(arguments: Reference.families)
  func `all cases of a family are there`(_ family: String) {
    #expect(Reference.cases(family).count == 37)
  }

  @Test func `MiniLM's sentences give the reference's ids`() throws {
    let file = Reference.miniLM
    let isThere = FileManager.default.fileExists(atPath: file.path)
    try #require(isThere, "\(file.path) isn't there: run Scripts/fetch-minilm")
    let tokenizer = try Tokenizer(contentsOf: file)
    let reference: Reference.Sentences = try Reference.read("minilm.sentences.json")
    #expect(reference.sentences.count == 14)
    for (sentence, ids) in zip(reference.sentences, reference.tokenIDs) {
      #expect(tokenizer.encode(sentence).ids == ids)
    }
    #expect(tokenizer.truncation == Truncation(maximumLength: 128))
    #expect(tokenizer.padding?.fixedLength == 128)
    #expect(tokenizer.vocabularySize == 30522)
  }

  @Test func `offsets are bytes of the original text`() throws {
    let text = "Ab c\u{0}É good"
    let encoding = try smallTokenizer().encode(text)
    let parts = encoding.offsets.map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
    #expect(parts == ["", "Ab", "c\u{0}É", "good", ""])
    #expect(encoding.tokens == ["[CLS]", "ab", "[UNK]", "good", "[SEP]"])
  }

  @Test func `a pair gets type ids`() throws {
    let encoding = try smallTokenizer().encode("a", pairedWith: "b c")
    #expect(encoding.tokens == ["[CLS]", "a", "[SEP]", "b", "c", "[SEP]"])
    #expect(encoding.typeIDs == [0, 0, 0, 1, 1, 1])
    #expect(encoding.isSpecial == [true, false, true, false, false, true])
  }

  @Test func `without special tokens only the text's are there`() throws {
    #expect(try smallTokenizer().encode("a b", addSpecialTokens: false).ids == [4, 5])
  }

  @Test func `a maximum length keeps the special tokens`() throws {
    let tokenizer = try smallTokenizer()
    #expect(tokenizer.encode("a b c a b", maximumLength: 4).tokens == ["[CLS]", "a", "b", "[SEP]"])
    #expect(tokenizer.encode("a b c", maximumLength: 0).tokens == ["[CLS]", "[SEP]"])
    #expect(tokenizer.encode("a b c").count == 5)
  }

  @Test(arguments: [
    ("LongestFirst", 6, 2, 1), ("LongestFirst", 8, 4, 1), ("LongestFirst", 5, 1, 1),
    ("OnlyFirst", 6, 2, 1), ("OnlySecond", 6, 3, 0),
  ])
  func `a pair is cut as the file says`(
    _ strategy: String, _ length: Int, _ first: Int, _ second: Int
  ) throws {
    let tokenizer = try smallTokenizer([
      "truncation": ["max_length": 99, "strategy": strategy, "stride": 0]
    ])
    let encoding = tokenizer.encode("a a a a a", pairedWith: "b", maximumLength: length)
    #expect(encoding.tokens.count { $0 == "a" } == first)
    #expect(encoding.tokens.count { $0 == "b" } == second)
  }

  @Test func `cutting on the left drops the beginning`() throws {
    let tokenizer = try smallTokenizer([
      "truncation": ["max_length": 99, "strategy": "LongestFirst", "direction": "Left"]
    ])
    #expect(tokenizer.encode("a b c", maximumLength: 3).tokens == ["[CLS]", "c", "[SEP]"])
  }

  @Test func `padding fills up and is not attended to`() throws {
    var encoding = try smallTokenizer().encode("a")
    encoding.pad(to: 5, with: Padding())
    #expect(encoding.ids == [2, 4, 3, 0, 0])
    #expect(encoding.attentionMask == [true, true, true, false, false])
    var padding = Padding()
    padding.multiple = 8
    #expect(padding.length(longest: 9) == 16)
  }

  @Test(arguments: [
    (["lstrip"], "a [X] b", [4, 20, 5], [1..<5]),
    (["rstrip"], "a [X]  b", [4, 20, 5], [2..<7]),
    (["single_word"], "a[X] [X] [X]b", [4, 1, 1, 1, 20, 1, 1, 1, 5], [5..<8]),
    ([], "a[X][X]b", [4, 20, 20, 5], [1..<4, 4..<7]),
  ])
  func `added tokens are found as their flags say`(
    _ flags: [String], _ text: String, _ ids: [Int32], _ ranges: [Range<Int>]
  ) throws {
    var token = addedToken("[X]", id: 20)
    for flag in flags { token[flag] = true }
    let encoding = try smallTokenizer(["added_tokens": [token]])
      .encode(text, addSpecialTokens: false)
    #expect(encoding.ids == ids)
    #expect(zip(encoding.ids, encoding.offsets).filter { $0.0 == 20 }.map(\.1) == ranges)
  }

  @Test func `the longest added token counts`() throws {
    let tokenizer = try smallTokenizer([
      "added_tokens": [addedToken("<x", id: 20), addedToken("<x>", id: 21)]
    ])
    #expect(tokenizer.encode("<x><x", addSpecialTokens: false).ids == [21, 20])
  }

  @Test func `normalized added tokens are found in any letter case`() throws {
    var token = addedToken("Héy", id: 20)
    token["normalized"] = true
    token["special"] = false
    let tokenizer = try smallTokenizer(["added_tokens": [token]])
    #expect(tokenizer.encode("a HEY b", addSpecialTokens: false).ids == [4, 20, 5])
    #expect(tokenizer.decode([4, 20]) == "a Héy")
  }

  @Test func `special tokens are decoded only when asked for`() throws {
    let tokenizer = try smallTokenizer(["added_tokens": [addedToken("[CLS]", id: 2)]])
    #expect(tokenizer.decode([2, 4, 6, 9_999, -1, 1 << 40]) == "ab")
    #expect(tokenizer.decode([2, 4], skipSpecialTokens: false) == "[CLS] a")
    #expect(tokenizer.id(for: "[CLS]") == 2)
    #expect(tokenizer.token(for: 11) == "é")
    #expect(tokenizer.token(for: 1 << 33) == nil)
  }

  @Test func `accents stay where they are to stay`() throws {
    let tokenizer = try smallTokenizer([
      "normalizer": ["type": "BertNormalizer", "lowercase": true, "strip_accents": false]
    ])
    #expect(tokenizer.encode("É", addSpecialTokens: false).ids == [11])
  }

  @Test func `a token is its bytes, not what they are equivalent to`() throws {
    let tokenizer = try smallTokenizer(["normalizer": NSNull()])
    #expect(tokenizer.encode("\u{e9}", addSpecialTokens: false).ids == [11])
    #expect(tokenizer.encode("e\u{301}", addSpecialTokens: false).ids == [1])
  }

  @Test(arguments: [
    ("a", 300_000), ("[", 100_000), ("\u{301}", 100_000), ("é", 100_000), ("好", 100_000),
    ("[CLS", 100_000), ("a ", 100_000), ("\u{1D15E}", 100_000),
  ])
  func `much of one thing takes linear time`(_ unit: String, _ bytes: Int) throws {
    let tokenizer = try smallTokenizer([
      "added_tokens": [addedToken("[CLS]", id: 2, "lstrip", "rstrip")]
    ])
    let text = String(repeating: unit, count: bytes / unit.utf8.count)
    for family in ["gpt2", "llama2", "llama3", "t5"] {
      // To T5, unknown characters that follow each other are one token.
      let least = family == "t5" ? 1 : bytes / 1000
      #expect(try #require(Reference.tokenizers[family]).encode(text).count > least)
    }
    #expect(tokenizer.encode(text).count >= 2)
  }

  @Test func `a template without a pair's B is read`() throws {
    let tokenizer = try smallTokenizer([
      "post_processor": [
        "type": "TemplateProcessing",
        "single": [
          ["SpecialToken": ["id": "<", "type_id": 3]], ["Sequence": ["id": "A", "type_id": 1]],
        ],
        "pair": [
          ["Sequence": ["id": "B", "type_id": 5]], ["Sequence": ["id": "A", "type_id": 0]],
        ],
        "special_tokens": ["<": ["id": "<", "ids": [7, 8], "tokens": ["<", "<"]]],
      ]
    ])
    #expect(tokenizer.encode("a").ids == [7, 8, 4])
    #expect(tokenizer.encode("a").typeIDs == [3, 3, 1])
    #expect(tokenizer.encode("a", pairedWith: "b").ids == [5, 4])
    #expect(tokenizer.encode("a", addSpecialTokens: false).ids == [4])
  }
}
