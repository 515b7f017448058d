import Foundation
import Testing

@testable import Formats

@Suite struct `JSON` {
  static func parse(_ text: String, limits: JSONParser.Limits = .init()) throws -> JSONValue {
    try JSONParser.parse(Data(text.utf8), limits: limits)
  }

  @Test func `every kind of value is read`() throws {
    let text = #"{"a":[1,-2.5e1,true,false,null,"x\u00e9\ud83d\ude42\n\/"],"b":{},"c":[]}"#
    let value = try Self.parse(text)
    guard case .object(let object) = value else { return #expect(Bool(false)) }
    #expect(object.keys == ["a", "b", "c"])
    #expect(
      object["a"]
        == .array([
          .integer(1), .number(-25), .bool(true), .bool(false), .null, .string("xé🙂\n/"),
        ]))
    #expect(object["b"] == .object(JSONObject()))
    #expect(object["d"] == nil)
  }

  @Test(arguments: [
    ("", "1:1: expected a JSON value, found nothing"),
    (" \n ", "2:2: expected a JSON value, found nothing"),
    ("{", "1:2: the text ends where a key in quotes was expected"),
    ("[1,", "1:4: the text ends where a value was expected"),
    ("[1 2]", "1:4: expected ',' or ']', found '2'"),
    ("{\"a\" 1}", "1:6: expected ':', found '1'"),
    ("{\"a\":1,}", "1:8: expected a key in quotes, found '}'"),
    ("{\"a\":1 \"b\"}", "1:8: expected ',' or '}', found '\"'"),
    ("[1,\n 2,\n é]", "3:2: expected a value, found byte 0xC3"),
    ("\"é\" x", "1:5: expected the end of the text, found 'x'"),
    ("tru", "1:4: the text ends where 'true' was expected"),
    ("trua", "1:1: expected a value, found 't'"),
    ("NaN", "1:1: expected a value, found 'N'"),
    ("01", "1:1: this isn't a number of JSON, or it is out of range"),
    ("1.", "1:1: this isn't a number of JSON, or it is out of range"),
    ("-", "1:1: this isn't a number of JSON, or it is out of range"),
    ("1e999", "1:1: this isn't a number of JSON, or it is out of range"),
    ("\"abc", "1:5: the text ends where '\"' was expected"),
    ("\"a\nb\"", "1:3: expected '\"', found byte 0xA"),
    (
      #""\x""#,
      #"1:2: this isn't an escape of JSON (\" \\ \/ \b \f \n \r \t \uXXXX)"#
    ),
    (
      #""\ud800""#,
      #"1:2: this isn't an escape of JSON (\" \\ \/ \b \f \n \r \t \uXXXX)"#
    ),
    (#"{"a":1,"a":2}"#, #"1:8: the key "a" stands twice in one object"#),
  ])
  func `wrong text is refused with its place`(_ text: String, _ message: String) {
    let error = #expect(throws: JSONError.self) { try Self.parse(text) }
    #expect(error?.description == message)
  }

  @Test func `bytes that aren't UTF-8 are refused`() {
    let error = #expect(throws: JSONError.self) {
      try JSONParser.parse(Data([0x5B, 0x22, 0x61, 0xFF, 0x22, 0x5D]))
    }
    #expect(error?.description == "1:2: the string that begins here isn't UTF-8")
  }

  @Test(arguments: ["[", "{\"a\":", "[[{\"x\":["])
  func `a million brackets are refused, not followed`(_ unit: String) {
    let error = #expect(throws: JSONError.self) {
      try Self.parse(String(repeating: unit, count: 1_000_000))
    }
    #expect(error?.fault == .tooDeep(limit: 128))
  }

  @Test func `nesting up to the limit is read`() throws {
    let text = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
    #expect(throws: Never.self) { try Self.parse(text) }
  }

  @Test func `more values than the limit are refused`() {
    let error = #expect(throws: JSONError.self) {
      try Self.parse("[1,2,3]", limits: .init(values: 3))
    }
    #expect(error?.description == "1:6: there are more than 3 values")
  }

  @Test func `keys are their bytes, not what they are equivalent to`() throws {
    let value = try Self.parse("{\"\u{e9}\":1,\"e\u{301}\":2}")
    guard case .object(let object) = value else { return #expect(Bool(false)) }
    #expect(object["\u{e9}"] == .integer(1))
    #expect(object["e\u{301}"] == .integer(2))
  }

  @Test func `a key that stands twice among many is found`() {
    let members = (0..<100).map { "\"k\($0)\":0" } + ["\"k42\":1"]
    let error = #expect(throws: JSONError.self) {
      try Self.parse("{" + members.joined(separator: ",") + "}")
    }
    #expect(error?.fault == .duplicateKey("k42"))
  }

  @Test func `integers stay exact and others are Doubles`() throws {
    #expect(try Self.parse("9223372036854775807") == .integer(.max))
    #expect(try Self.parse("9223372036854775808") == .number(0x1p63))
    #expect(try Self.parse("-0.5") == .number(-0.5))
  }

  @Test func `control characters don't reach a message`() {
    #expect("a\u{1B}[31m\u{202E}".quotedForMessage == "\"a\\u{1b}[31m\\u{202e}\"")
  }
}
