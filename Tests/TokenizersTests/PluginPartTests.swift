import Formats
import Foundation
import Testing

@testable import Tokenizers

/// Parts that no one ships, beside those that Weft does.
@Suite struct `Parts of plugins` {
  /// Writes each token in capitals, and a full stop behind the last.
  private struct Shout: TokenDecoder {
    var reach: DecodingReach

    func decode(_ tokens: [String]) -> [String] {
      tokens.enumerated().map { i, token in
        let isLast = reach == .all && i == tokens.count - 1
        // Counts what came before, which no few neighbors tell.
        return (reach == .before ? "\(i)" : "") + token.uppercased() + (isLast ? "." : "")
      }
    }
  }

  private struct Doubling: Normalizer {
    func normalize(_ text: inout AlignedText) {
      text.replaceEach { scalar, emit in
        emit(scalar)
        emit(scalar)
      }
    }
  }

  private static func tokenizer(_ parts: [TokenizerPart], _ changes: [String: String])
    throws -> Tokenizer
  {
    var fields = [
      "model": #"{"type":"WordLevel","vocab":{"aa":0,"b":1,"bb":2,"cc":3},"unk_token":"b"}"#
    ]
    fields.merge(changes) { $1 }
    let members = fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
    return try Tokenizer(
      json: Data("{\(members.joined(separator: ","))}".utf8), source: "t",
      parts: TokenizerParts(StandardTokenizerParts.all + parts))
  }

  @Test func `a plugin's part is read where it stands and inside of others`() throws {
    let parts = [TokenizerPart.normalizer("Doubling") { _ in Doubling() }]
    for normalizer in [
      #"{"type":"Doubling"}"#,
      #"{"type":"Sequence","normalizers":[{"type":"Lowercase"},{"type":"Doubling"}]}"#,
    ] {
      let tokenizer = try Self.tokenizer(
        parts, ["normalizer": normalizer, "pre_tokenizer": #"{"type":"Digits"}"#])
      #expect(tokenizer.encode("a").ids == [0], "\(normalizer)")
      #expect(tokenizer.encode("a").offsets == [0..<1])
    }
  }

  @Test func `a type that nobody has lists what plugins bring`() throws {
    let parts = [TokenizerPart.normalizer("Doubling") { _ in Doubling() }]
    let error = #expect(throws: TokenizerError.self) {
      try Self.tokenizer(parts, ["normalizer": #"{"type":"Halving"}"#])
    }
    let text = "\(try #require(error))"
    #expect(text.contains("one of: BertNormalizer, Doubling, Lowercase,"), "\(text)")
    #expect(text.contains("found \"Halving\" (a plugin may bring another normalizer)"))
    // Without the plugin it is no type.
    #expect(throws: TokenizerError.self) {
      try Self.tokenizer([], ["normalizer": #"{"type":"Doubling"}"#])
    }
  }

  @Test(arguments: DecodingReach.allCases)
  func `a stream gives what decoding all at once gives`(reach: DecodingReach) throws {
    let parts = [TokenizerPart.decoder("Shout") { _ in Shout(reach: reach) }]
    for decoder in [
      #"{"type":"Shout"}"#,
      #"{"type":"Sequence","decoders":[{"type":"Shout"},{"type":"Fuse"}]}"#,
    ] {
      let tokenizer = try Self.tokenizer(parts, ["decoder": decoder])
      let ids = (0..<100).map { ($0 * $0 + $0 / 3) % 4 }
      var stream = tokenizer.stream()
      var texts = ids.map { stream.append($0) }
      #expect(texts.allSatisfy(\.isEmpty) == (reach == .all))
      texts.append(stream.finish())
      #expect(texts.joined() == tokenizer.decode(ids))
    }
  }

  @Test func `a decoder that says nothing waits for the end`() throws {
    struct Silent: TokenDecoder {
      func decode(_ tokens: [String]) -> [String] { Array(tokens.reversed()) }
    }
    let tokenizer = try Self.tokenizer(
      [.decoder("Silent") { _ in Silent() }], ["decoder": #"{"type":"Silent"}"#])
    var stream = tokenizer.stream()
    #expect(stream.append(0) + stream.append(3) == "")
    #expect(stream.finish() == "ccaa")
  }
}
