import Formats
import Foundation
import Testing

@testable import Tokenizers

/// The tokenizers of this folder as metadata of GGUF files (Reference/record_gguf.py).
@Suite struct `Tokenizers of GGUF files` {
  static let families = ["gpt2", "llama2", "llama3"]

  static let tokenizers: [String: Tokenizer] = {
    var tokenizers: [String: Tokenizer] = [:]
    for family in families { tokenizers[family] = try? Tokenizer(contentsOf: file(family)) }
    return tokenizers
  }()

  static func file(_ family: String) -> URL {
    Reference.folder.appending(path: "\(family).gguf")
  }

  private static func metadata(_ family: String) throws -> GGUFMetadata {
    try GGUFReader(contentsOf: file(family)).metadata
  }

  @Test(arguments: families.flatMap(Reference.cases))
  func `cases give the ids of tokenizer.json`(_ expected: Reference.Case) throws {
    let tokenizer = try #require(Self.tokenizers[expected.family])
    let encoding = tokenizer.encode(expected.text)
    #expect(encoding.ids == expected.ids)
    #expect(scalars(encoding.tokens) == scalars(expected.tokens))
    // In the reference file of Llama 2, bytes are special tokens, which decoding leaves out.
    if !expected.tokens.contains(where: { $0.hasPrefix("<0x") }) {
      let decoded = tokenizer.decode(expected.ids.map(Int.init))
      #expect(scalars(decoded) == scalars(expected.decoded))
    }
  }

  @Test func `special tokens and the chat template stand in the configuration`() throws {
    let config = try GGUFTokenizer.configuration(of: Self.file("llama3"))
    #expect(try config.string(at: "bos_token") == "<|begin_of_text|>")
    #expect(try config.string(at: "eos_token") == "<|eot_id|>")
    #expect(try config.string(at: "chat_template") == "{{ bos_token }}")
    #expect(
      try GGUFTokenizer.configuration(of: Self.file("gpt2")).string(at: "chat_template") == nil)
  }

  @Test(arguments: ["default", "qwen2", "smollm", "tekken", "gpt-4o"])
  func `other rules of words make a tokenizer that loses nothing`(_ rules: String) throws {
    var metadata = try Self.metadata("gpt2")
    metadata["tokenizer.ggml.pre"] = .string(rules)
    let tokenizer = try Tokenizer(metadata: metadata, source: "x.gguf")
    let text = "It's 12345 naïve  words, don't\n\n\tsplit 'em? 你好 🙂"
    let encoding = tokenizer.encode(text, addSpecialTokens: false)
    #expect(tokenizer.decode(encoding.ids.map(Int.init)) == text)
  }

  @Test func `digits are split as the rules say`() throws {
    func words(_ rules: String) throws -> Int {
      var metadata = try Self.metadata("gpt2")
      metadata["tokenizer.ggml.pre"] = .string(rules)
      metadata["tokenizer.ggml.tokens"] = .array(
        GGUFArray(["<|endoftext|>", "1", "11", "111", "1111"]))
      metadata["tokenizer.ggml.merges"] = .array(GGUFArray(["1 1", "11 1", "11 11"]))
      metadata["tokenizer.ggml.token_type"] = .array(GGUFArray([Int32](repeating: 1, count: 5)))
      let tokenizer = try Tokenizer(metadata: metadata, source: "x.gguf")
      return tokenizer.encode("111111", addSpecialTokens: false).ids.count
    }
    #expect(try words("qwen2") == 6)
    #expect(try words("smollm") == 6)
    #expect(try words("llama-bpe") == 2)
    #expect(try words("gpt-2") == 2)
  }

  @Test func `metadata that is no tokenizer is named`() throws {
    func message(_ change: (inout GGUFMetadata) -> Void) throws -> String {
      var metadata = try Self.metadata("llama2")
      change(&metadata)
      do {
        _ = try Tokenizer(metadata: metadata, source: "x.gguf")
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(
      try message { $0["tokenizer.ggml.model"] = .string("rwkv") }
        == #"x.gguf: "tokenizer.ggml.model": expected gpt2 or llama, found "rwkv""#)
    #expect(
      try message { $0["tokenizer.ggml.tokens"] = nil }
        == #"x.gguf: "tokenizer.ggml.tokens" is missing: expected an array of texts"#)
    #expect(
      try message { $0["tokenizer.ggml.scores"] = .array(GGUFArray([Float(1)])) }
        == #"x.gguf: "tokenizer.ggml.scores": expected a score for each of 2000 tokens, found 1"#)
    #expect(
      try message { $0["tokenizer.ggml.token_type"] = .array(GGUFArray([Int32(1)])) }
        == #"x.gguf: "tokenizer.ggml.token_type": expected a type for each of 2000 tokens, found 1"#
    )
    #expect(
      try message { $0["tokenizer.ggml.bos_token_id"] = .uint32(2000) }
        == #"x.gguf: "tokenizer.ggml.bos_token_id": expected an id from 0 to 1999, found 2000"#)
    #expect(
      try message { $0["tokenizer.ggml.tokens"] = .array(GGUFArray(["a", "a"])) }
        .hasPrefix("x.gguf: "))
    #expect(
      try message {
        $0["tokenizer.ggml.model"] = .string("gpt2")
        $0["tokenizer.ggml.pre"] = .string("mine")
      }.hasPrefix(#"x.gguf: "tokenizer.ggml.pre": expected one of codeshell, "#))
  }
}
