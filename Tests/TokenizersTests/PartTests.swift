import Formats
import Foundation
import Testing

@testable import Tokenizers

/// Each part of a tokenizer against Hugging Face's; `Reference/record_parts.py` records what it answers.
@Suite struct `Tokenizer parts` {
  struct Record: Sendable, CustomTestStringConvertible {
    var part: JSONField
    var expected: [[String]]
    var testDescription: String { String("\(part.value.text)".prefix(150)) }
  }

  private static func records(_ kind: String, _ results: String) -> [Record] {
    guard let root = try? root(), let records = try? root.required(kind, "").elements() else {
      return []
    }
    return records.compactMap { record in
      guard let part = try? record.required("part", ""),
        let results = try? record.required(results, "").elements()
      else { return nil }
      let expected = results.map { result in
        (try? result.elements().map { try $0.string() }) ?? [(try? result.string()) ?? "?"]
      }
      return Record(part: part, expected: expected)
    }
  }

  private static func root() throws -> JSONField {
    let file = Reference.folder.appending(path: "parts.cases.json")
    return JSONField(try JSONParser.parse(Data(contentsOf: file)))
  }

  static let texts: [String] = {
    let elements = try? root().required("texts", "").elements()
    return elements?.compactMap { try? $0.string() } ?? []
  }()

  @Test func `all records are there`() {
    #expect(Self.texts.count == 22)
    #expect(Self.records("pre_tokenizers", "words").count == 42)
    #expect(Self.records("normalizers", "results").count == 15)
  }

  @Test(arguments: records("pre_tokenizers", "words"))
  func `a pre-tokenizer splits as the reference does`(_ record: Record) throws {
    let part = try TokenizerParts.standard.preTokenizer(record.part)
    for (text, words) in zip(Self.texts, record.expected) {
      let found = part.split(AlignedText(text)).map(\.string)
      #expect(scalars(found) == scalars(words), "\(text.debugDescription)")
    }
  }

  @Test(arguments: records("normalizers", "results"))
  func `a normalizer gives what the reference does`(_ record: Record) throws {
    let part = try TokenizerParts.standard.normalizer(record.part)
    for (text, result) in zip(Self.texts, record.expected) {
      var aligned = AlignedText(text)
      part.normalize(&aligned)
      #expect(scalars(aligned.string) == scalars(result[0]), "\(text.debugDescription)")
      // Every scalar stands for bytes of the text.
      #expect(aligned.origins.allSatisfy { $0.upperBound <= text.utf8.count && !$0.isEmpty })
    }
  }

  @Test func `decoders give what the reference does`() throws {
    let records = try Self.root().required("decoders", "").elements()
    #expect(records.count == 4)
    for record in records {
      let part = try TokenizerParts.standard.decoder(record.required("part", ""))
      let tokens = try record.required("tokens", "").elements().map { try $0.string() }
      #expect(try part.decode(tokens).joined() == record.required("text", "").string())
    }
  }

  @Test(arguments: Reference.families.flatMap(Reference.cases))
  func `a stream gives the whole text, and never half a character`(
    _ expected: Reference.Case
  ) throws {
    let tokenizer = try #require(Reference.tokenizers[expected.family])
    var stream = tokenizer.stream()
    var parts = expected.ids.map { stream.append(Int($0)) }
    // What the text itself holds may be given.
    let hasReplacement = expected.decoded.contains("\u{FFFD}")
    #expect(hasReplacement || parts.allSatisfy { !$0.contains("\u{FFFD}") })
    parts.append(stream.finish())
    #expect(scalars(parts.joined()) == scalars(expected.decoded))
  }

  @Test func `an incomplete character is told at the end`() throws {
    let tokenizer = try #require(Reference.tokenizers["gpt2"])
    let ids = tokenizer.encode("🙂").ids.map(Int.init)
    try #require(ids.count > 1)
    var stream = tokenizer.stream()
    #expect(ids.dropLast().map { stream.append($0) }.joined().isEmpty)
    #expect(stream.finish() == "\u{FFFD}")
  }

  static let unreadable: [(String, Int?, String)] = [
    ("(", 1, "a ')' that isn't there"), (")", 0, "a ')' without its '('"),
    ("a|*", 2, "a '*' with nothing before it"), ("[a", 2, "a ']' that isn't there"),
    (#"\p{Han}"#, 3, "a property 'Han' that Weft doesn't have; it has general categories"),
    (#"\b"#, 1, #"an escape '\b' that Weft doesn't have"#),
    ("a{3,2}", 1, "a count that is out of order, or over 1000"),
    ("(?<=a)b", 2, "a kind of group that Weft doesn't have"),
    ("(a*)+", 5, "a repeated part that may match nothing"),
    ("[z-a]", 4, "a range that is out of order"),
    ("((a{1000}){1000}){1000}", 0, "counts that multiply to too many steps"),
    (String(repeating: "(", count: 200), nil, "more than 100 groups in a row"),
    ("a\\", 2, "a '\\' at the end"),
  ]

  @Test(arguments: unreadable)
  func `an expression that can't be read is told`(_ text: String, _ at: Int?, _ message: String) {
    let failure = #expect(throws: PatternParser.Failure.self) { try Pattern(text) }
    #expect(failure?.message == message)
    if let at { #expect(failure?.position == at) }
  }

  @Test(arguments: ["(a|a)*b", "(a*b*)c|x", "(aa|a)+$", "(?:a+)+b", "a*a*a*b"])
  func `an expression that tries much takes no endless time`(_ text: String) throws {
    guard let pattern = try? Pattern(text) else { return }
    let scalars = Array(String(repeating: "a", count: 120).unicodeScalars)
    _ = pattern.firstMatch(in: scalars[...], from: 0)
  }
}
