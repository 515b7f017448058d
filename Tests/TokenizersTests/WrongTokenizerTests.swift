import Foundation
import Testing

@testable import Tokenizers

/// A tokenizer.json that must be refused, and the message without the file's name.
struct WrongTokenizer: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let text: String
  let message: String

  /// A whole text.
  init(_ description: String, text: String, _ message: String) {
    testDescription = description
    self.text = text
    self.message = message
  }

  /// A good file with one field replaced.
  init(_ description: String, _ key: String, _ value: String, _ message: String) {
    var fields = [
      "model": #"{"type":"WordPiece","unk_token":"u","vocab":{"u":0,"a":1}}"#,
      "normalizer": #"{"type":"BertNormalizer"}"#,
    ]
    fields[key] = value
    let members = fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
    self.init(description, text: "{" + members.joined(separator: ",") + "}", message)
  }
}

@Suite struct `Wrong tokenizers` {
  static let number31 = "an integer from 0 to 2147483647"

  static let files = [
    WrongTokenizer("an empty file", text: "", "1:1: expected a JSON value, found nothing"),
    WrongTokenizer("no JSON", text: "hello", "1:1: expected a value, found 'h'"),
    WrongTokenizer(
      "half a file", text: #"{"model": {"type": "Word"#,
      "1:25: the text ends where '\"' was expected"),
    WrongTokenizer(
      "an array", text: "[]", " expected an object, found an empty array"),
    WrongTokenizer(
      "no model", text: "{}",
      " model: expected an object that describes the model, found nothing"),
    WrongTokenizer(
      "no model but null", "model", "null",
      " model: expected an object that describes the model, found null"),
    WrongTokenizer(
      "a model that is a string", "model", "\"WordPiece\"",
      " model: expected an object, found the string \"WordPiece\""),
    WrongTokenizer(
      "a model without a type", "model", "{}",
      " model.type: expected the type of the model, found nothing"),
    WrongTokenizer(
      "a model that there isn't", "model", #"{"type":"Foo"}"#,
      " model.type: expected one of: BPE, Unigram, WordLevel, WordPiece, found \"Foo\" (a plugin may bring another model)"
    ),
    WrongTokenizer(
      "a type that is a number", "model", #"{"type":1}"#,
      " model.type: expected a string, found the number 1"),
    WrongTokenizer(
      "a normalizer that there isn't", "normalizer", #"{"type":"Foo"}"#,
      " normalizer.type: expected one of: BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, Nmt,"
        + " Precompiled, Prepend, Replace, Sequence, Strip, StripAccents, found \"Foo\""
        + " (a plugin may bring another normalizer)"),
    WrongTokenizer(
      "a pre-tokenizer that there isn't", "pre_tokenizer", #"{"type":"Foo"}"#,
      " pre_tokenizer.type: expected one of: BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits,"
        + " Metaspace, Punctuation, Sequence, Split, Whitespace, WhitespaceSplit, found \"Foo\""
        + " (a plugin may bring another pre-tokenizer)"),
    WrongTokenizer(
      "a post-processor that there isn't", "post_processor", #"{"type":"Foo"}"#,
      " post_processor.type: expected one of: BertProcessing, ByteLevel, RobertaProcessing, Sequence,"
        + " TemplateProcessing, found \"Foo\""
        + " (a plugin may bring another post-processor)"),
    WrongTokenizer(
      "a decoder that there isn't", "decoder", #"{"type":"Foo"}"#,
      " decoder.type: expected one of: BPEDecoder, ByteFallback, ByteLevel, Fuse, Metaspace, Replace,"
        + " Sequence, Strip, WordPiece, found \"Foo\" (a plugin may bring another decoder)"),
    WrongTokenizer(
      "no vocabulary", "model", #"{"type":"WordPiece","unk_token":"u"}"#,
      " model.vocab: expected an object that gives each token its id, found nothing"),
    WrongTokenizer(
      "a vocabulary that is an array", "model",
      #"{"type":"WordPiece","unk_token":"u","vocab":["a"]}"#,
      " model.vocab: expected an object, found an array of 1"),
    WrongTokenizer(
      "a negative id", "model", #"{"type":"WordPiece","unk_token":"u","vocab":{"u":0,"a b":-1}}"#,
      " model.vocab[\"a b\"]: expected \(number31), found the number -1"),
    WrongTokenizer(
      "an id of 2^40", "model",
      #"{"type":"WordPiece","unk_token":"u","vocab":{"u":1099511627776}}"#,
      " model.vocab.u: expected \(number31), found the number 1099511627776"),
    WrongTokenizer(
      "an id that is a string", "model",
      #"{"type":"WordPiece","unk_token":"u","vocab":{"u":"0"}}"#,
      " model.vocab.u: expected an integer from 0 to 2147483647, found the string \"0\""),
    WrongTokenizer(
      "an id that is no integer", "model",
      #"{"type":"WordPiece","unk_token":"u","vocab":{"u":0.5}}"#,
      " model.vocab.u: expected an integer from 0 to 2147483647, found the number 0.5"),
    WrongTokenizer(
      "two tokens of one id", "model",
      #"{"type":"WordPiece","unk_token":"u","vocab":{"u":0,"b":1,"foo!":1}}"#,
      " model.vocab[\"foo!\"]: expected an id of its own, but \"b\" has it, found the number 1"),
    WrongTokenizer(
      "one token twice", "model",
      #"{"type":"WordPiece","unk_token":"u","vocab":{"u":0,"u":1}}"#,
      "1:61: the key \"u\" stands twice in one object"),
    WrongTokenizer(
      "no unknown token", "model", #"{"type":"WordPiece","vocab":{"u":0}}"#,
      " model.unk_token: expected the token of unknown words, found nothing"),
    WrongTokenizer(
      "an unknown token that isn't in the vocabulary", "model",
      #"{"type":"WordPiece","unk_token":"[UNK]","vocab":{"u":0}}"#,
      " model.unk_token: expected a token of model.vocab, found the string \"[UNK]\""),
    WrongTokenizer(
      "a negative word length", "model",
      #"{"type":"WordPiece","unk_token":"u","vocab":{"u":0},"max_input_chars_per_word":-1}"#,
      " model.max_input_chars_per_word: expected an integer from 0 to 9223372036854775807,"
        + " found the number -1"),
    WrongTokenizer(
      "a flag that is a number", "normalizer", #"{"type":"BertNormalizer","lowercase":1}"#,
      " normalizer.lowercase: expected true or false, found the number 1"),
    WrongTokenizer(
      "a part of a sequence that there isn't", "normalizer",
      #"{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"x"},{"type":"Bar"}]}"#,
      " normalizer.normalizers[1].type: expected one of: BertNormalizer, Lowercase, NFC, NFD, NFKC,"
        + " NFKD, Nmt, Precompiled, Prepend, Replace, Sequence, Strip, StripAccents, found \"Bar\""
        + " (a plugin may bring another normalizer)"),
    WrongTokenizer(
      "no pattern to replace", "normalizer",
      #"{"type":"Replace","pattern":{"regex":" +"},"content":" "}"#,
      " normalizer.pattern: expected {\"String\": text} or {\"Regex\": expression}, found an object"
        + " with 1 key"),
    WrongTokenizer(
      "a regular expression that isn't one", "pre_tokenizer",
      #"{"type":"Split","pattern":{"Regex":"a(b"},"behavior":"Isolated"}"#,
      " pre_tokenizer.pattern.Regex: expected a regular expression that Weft reads, found the string"
        + " \"a(b\" (at character 3: a ')' that isn't there)"),
    WrongTokenizer(
      "a behaviour that there isn't", "pre_tokenizer",
      #"{"type":"Split","pattern":{"String":"a"},"behavior":"isolated"}"#,
      " pre_tokenizer.behavior: expected one of Removed, Isolated, MergedWithPrevious,"
        + " MergedWithNext, Contiguous, found the string \"isolated\""),
    WrongTokenizer(
      "a regular expression to decode", "decoder",
      #"{"type":"Replace","pattern":{"Regex":" +"},"content":" "}"#,
      " decoder.pattern: expected {\"String\": text}, found an object with 1 key"
        + " (Weft has no regular expressions here)"),
    WrongTokenizer(
      "two characters for a space", "pre_tokenizer", #"{"type":"Metaspace","replacement":"ab"}"#,
      " pre_tokenizer.replacement: expected one character, found the string \"ab\""),
    WrongTokenizer(
      "rules that aren't base 64", "normalizer",
      #"{"type":"Precompiled","precompiled_charsmap":"*"}"#,
      " normalizer.precompiled_charsmap: expected base 64, found the string \"*\""),
    WrongTokenizer(
      "rules that are cut off", "normalizer",
      #"{"type":"Precompiled","precompiled_charsmap":"CAAAAAAAAAA="}"#,
      " normalizer.precompiled_charsmap: expected a trie of whole words within 4 bytes, found one of 8,"
        + " found the string \"CAAAAAAAAAA=\""),
    WrongTokenizer(
      "a score that is a word", "model", #"{"type":"Unigram","vocab":[["a","b"]]}"#,
      " model.vocab[0][1]: expected a finite number, found the string \"b\""),
    WrongTokenizer(
      "a token without a score", "model", #"{"type":"Unigram","vocab":[["a"]]}"#,
      " model.vocab[0]: expected [token, score], found an array of 1"),
    WrongTokenizer(
      "a token twice", "model", #"{"type":"Unigram","vocab":[["a",0],["a",-1]]}"#,
      " model.vocab[1]: expected a token of its own, found \"a\" again, found an array of 2"),
    WrongTokenizer(
      "an unknown token outside", "model", #"{"type":"Unigram","vocab":[["a",0]],"unk_id":1}"#,
      " model.unk_id: expected an integer from 0 to 0, found the number 1"),
    WrongTokenizer(
      "nothing to replace", "normalizer",
      #"{"type":"Replace","pattern":{"String":""},"content":" "}"#,
      " normalizer.pattern.String: expected a string that isn't empty, found the string \"\""),
    WrongTokenizer(
      "no merges", "model", #"{"type":"BPE","vocab":{"a":0}}"#,
      " model.merges: expected an array of pairs, found nothing"),
    WrongTokenizer(
      "merges that are a string", "model", #"{"type":"BPE","vocab":{"a":0},"merges":"a b"}"#,
      " model.merges: expected an array, found the string \"a b\""),
    WrongTokenizer(
      "a merge of one token", "model", #"{"type":"BPE","vocab":{"a":0},"merges":["a"]}"#,
      " model.merges[0]: expected two tokens, [\"a\", \"b\"] or \"a b\", found the string \"a\""),
    WrongTokenizer(
      "a merge of three tokens", "model",
      #"{"type":"BPE","vocab":{"a":0,"aa":1},"merges":[["a","a"],["a","a","a"]]}"#,
      " model.merges[1]: expected two tokens, [\"a\", \"b\"] or \"a b\", found an array of 3"),
    WrongTokenizer(
      "a merge of an unknown token", "model",
      #"{"type":"BPE","vocab":{"a":0},"merges":[["a","q"]]}"#,
      " model.merges[0]: expected tokens of model.vocab, found \"q\", which is none"),
    WrongTokenizer(
      "a merge that gives an unknown token", "model",
      #"{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}"#,
      " model.merges[0]: expected tokens of model.vocab, found \"ab\", which is none"),
    WrongTokenizer(
      "dropout", "model", #"{"type":"BPE","vocab":{"a":0},"merges":[],"dropout":0.1}"#,
      " model.dropout: expected null or 0, found the number 0.1"
        + " (dropout is for training; Weft encodes the same way each time)"),
    WrongTokenizer(
      "two characters to strip", "decoder",
      #"{"type":"Strip","content":"ab","start":1,"stop":0}"#,
      " decoder.content: expected one character, found the string \"ab\""),
    WrongTokenizer(
      "added tokens that are an object", "added_tokens", "{}",
      " added_tokens: expected an array, found an empty object"),
    WrongTokenizer(
      "an added token without an id", "added_tokens", #"[{"content":"x"}]"#,
      " added_tokens[0].id: expected an id, found nothing"),
    WrongTokenizer(
      "an added token with a negative id", "added_tokens", #"[{"content":"x","id":-5}]"#,
      " added_tokens[0].id: expected \(number31), found the number -5"),
    WrongTokenizer(
      "an added token without a text", "added_tokens", #"[{"id":7}]"#,
      " added_tokens[0].content: expected the token's text, found nothing"),
    WrongTokenizer(
      "an added token with another id than the model's", "added_tokens",
      #"[{"content":"a","id":7}]"#,
      " added_tokens[0].id: expected 1, which \"a\" has in model.vocab, found the number 7"),
    WrongTokenizer(
      "an added token with the id of another token", "added_tokens",
      #"[{"content":"x","id":1}]"#,
      " added_tokens[0].id: expected an id of its own, but \"a\" has it in model.vocab,"
        + " found the number 1"),
    WrongTokenizer(
      "two added tokens of one id", "added_tokens",
      #"[{"content":"x","id":7},{"content":"y","id":7}]"#,
      " added_tokens[1]: expected a token and an id that no other added token has,"
        + " found an object with 2 keys (token \"y\", id 7)"),
    WrongTokenizer(
      "a post-processor without its separator", "post_processor",
      #"{"type":"BertProcessing","cls":["u",0]}"#,
      " post_processor.sep: expected [token, id], found nothing"),
    WrongTokenizer(
      "a separator without its id", "post_processor",
      #"{"type":"BertProcessing","cls":["u",0],"sep":["u"]}"#,
      " post_processor.sep: expected [token, id], found an array of 1"),
    WrongTokenizer(
      "a template with a token that it doesn't have", "post_processor",
      #"{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"X","type_id":0}}],"pair":[]}"#,
      " post_processor.single[0].SpecialToken.id: expected a key of"
        + " post_processor.special_tokens, found the string \"X\""),
    WrongTokenizer(
      "a template for one text that has two", "post_processor",
      #"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"B","type_id":0}}],"pair":[]}"#,
      " post_processor.single[0].Sequence.id: expected \"A\", found the string \"B\""),
    WrongTokenizer(
      "a template of other things", "post_processor",
      #"{"type":"TemplateProcessing","single":[{"Foo":1}],"pair":[]}"#,
      " post_processor.single[0]: expected an object with the key SpecialToken or Sequence,"
        + " found an object with 1 key"),
    WrongTokenizer(
      "special tokens without as many ids", "post_processor",
      #"{"type":"TemplateProcessing","special_tokens":{"X":{"ids":[1,2],"tokens":["a"]}}}"#,
      " post_processor.special_tokens.X.ids: expected 1 ids, one for each of the tokens,"
        + " found an array of 2"),
    WrongTokenizer(
      "a truncation that there isn't", "truncation",
      #"{"max_length":5,"strategy":"Longest"}"#,
      " truncation.strategy: expected one of: LongestFirst, OnlyFirst, OnlySecond,"
        + " found the string \"Longest\""),
    WrongTokenizer(
      "a truncation without a length", "truncation", #"{"strategy":"LongestFirst"}"#,
      " truncation.max_length: expected the number of tokens, found nothing"),
    WrongTokenizer(
      "padding of 2^40", "padding", #"{"strategy":{"Fixed":1099511627776}}"#,
      " padding.strategy.Fixed: expected an integer from 1 to 1000000,"
        + " found the number 1099511627776"),
    WrongTokenizer(
      "padding by another strategy", "padding", #"{"strategy":"Foo"}"#,
      " padding.strategy: expected \"BatchLongest\" or {\"Fixed\": length},"
        + " found the string \"Foo\""),
    WrongTokenizer(
      "padding to a multiple of nothing", "padding", #"{"pad_to_multiple_of":0}"#,
      " padding.pad_to_multiple_of: expected an integer from 1 to 1000000, found the number 0"),
    WrongTokenizer(
      "a decoder with a number for a prefix", "decoder", #"{"type":"WordPiece","prefix":2}"#,
      " decoder.prefix: expected a string, found the number 2"),
    WrongTokenizer(
      "deep nesting", "normalizer", String(repeating: "[", count: 100_000),
      "1:209: arrays and objects are nested deeper than 128"),
    WrongTokenizer(
      "deep nesting of parts", "normalizer",
      String(repeating: #"{"type":"Sequence","normalizers":["#, count: 50_000),
      "1:2257: arrays and objects are nested deeper than 128"),
  ]

  @Test(arguments: files) func `are refused`(_ file: WrongTokenizer) {
    let error = #expect(throws: TokenizerError.self) {
      try Tokenizer(json: Data(file.text.utf8), source: "tokenizer.json")
    }
    #expect(error?.description == "tokenizer.json:" + file.message)
  }

  @Test func `bytes that aren't UTF-8 are refused`() {
    let error = #expect(throws: TokenizerError.self) {
      try Tokenizer(json: Data(#"{"a":""#.utf8 + [0xFF]), source: "t.json")
    }
    #expect(error?.description == "t.json:1:6: the string that begins here isn't UTF-8")
  }

  @Test func `what isn't a file is refused`() {
    func message(_ path: String) -> String? {
      #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: URL(filePath: path)) }?
        .description
    }
    #expect(message("/") == "/: expected a file, found a folder")
    #expect(
      message("/nowhere/tokenizer.json")
        == "/nowhere/tokenizer.json: cannot be read: No such file or directory")
    #expect(message("/dev/zero") == "/dev/zero: expected a file, found a device or pipe")
  }

  @Test func `every prefix of a file is refused`() throws {
    let text = Self.files.first { $0.testDescription == "a flag that is a number" }?.text ?? ""
    let whole = Array(text.replacingOccurrences(of: ":1}", with: ":true}").utf8)
    for count in 0..<whole.count {
      #expect(throws: TokenizerError.self) {
        try Tokenizer(json: Data(whole.prefix(count)), source: "t.json")
      }
    }
  }
}
