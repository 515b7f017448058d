import Foundation
import Testing

@testable import Formats

@Suite struct `Model config` {
  static let text = """
    {"hidden_size": 384, "eps": 1e-12, "act": "gelu", "tied": true, "none": null,
     "rope_parameters": {"rope_theta": 10000.0, "factors": [1, 2]}, "limit": [0.0, Infinity],
     "nan": NaN, "id2label": {"0": "a"}, "architectures": ["BertModel"]}
    """

  static func config(_ text: String = text) throws -> ModelConfig {
    try ModelConfig(json: Data(text.utf8), source: "config.json")
  }

  @Test func `values are found by dotted paths`() throws {
    let config = try Self.config()
    #expect(try config.integer(at: "hidden_size") == 384)
    #expect(try config.double(at: "hidden_size") == 384)
    #expect(try config.double(at: "eps") == 1e-12)
    #expect(try config.string(at: "act") == "gelu")
    #expect(try config.bool(at: "tied") == true)
    #expect(try config.double(at: "rope_parameters.rope_theta") == 10000)
    #expect(try config.integer(at: "rope_parameters.rope_theta") == 10000)
    #expect(try config.integers(at: "rope_parameters.factors") == [1, 2])
    #expect(try config.string(at: "id2label.0") == "a")
    #expect(try config.string(at: "architectures.0") == "BertModel")
    #expect(config.keys.first == "hidden_size")
  }

  @Test(arguments: [
    "no", "none", "hidden_size.x", "architectures.1", "architectures.x", "", "a..b",
  ])
  func `what is missing is nil`(_ path: String) throws {
    #expect(try Self.config().value(at: path) == nil)
    #expect(try Self.config().integer(at: path) == nil)
  }

  @Test func `wrong types are told with the path`() throws {
    let config = try Self.config()
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "no error"
    }
    #expect(
      message { _ = try config.integer(at: "act") }
        == #"config.json: act: expected an integer, found the string "gelu""#)
    #expect(
      message { _ = try config.integer(at: "eps") }
        == "config.json: eps: expected an integer, found the number 1e-12")
    #expect(
      message { _ = try config.bool(at: "hidden_size") }
        == "config.json: hidden_size: expected true or false, found the number 384")
    #expect(
      message { _ = try config.integers(at: "architectures") }
        == #"config.json: architectures[0]: expected an integer, found the string "BertModel""#)
    #expect(
      message { _ = try config.double(at: "limit.1") }
        == "config.json: limit[1]: expected a finite number, found the number inf")
    #expect(
      message { _ = try config.double(at: "nan") }
        == "config.json: nan: expected a finite number, found the number nan")
    #expect(
      message { _ = try config.string(at: "rope_parameters") }
        == "config.json: rope_parameters: expected a string, found an object with 2 keys")
  }

  @Test(arguments: [
    ("", "config.json:1:1: expected a JSON value, found nothing"),
    ("[]", "config.json: expected an object, found an empty array"),
    ("{\"a\":1,\"a\":2}", "config.json:1:8: the key \"a\" stands twice in one object"),
    ("{\"a\":1", "config.json:1:7: the text ends where ',' or '}' was expected"),
    ("{\"a\":tru}", "config.json:1:6: expected a value, found 't'"),
  ])
  func `wrong files are refused`(_ text: String, _ message: String) {
    let error = #expect(throws: FormatError.self) { try Self.config(text) }
    #expect(error?.description == message)
  }

  @Test func `a file that is too large is not read`() throws {
    let folder = try TemporaryFolder()
    let url = try folder.file("config.json", "{}")
    truncate(url.path, 65 << 20)
    #expect(
      folder.message { _ = try ModelConfig(contentsOf: url) }
        == "config.json: expected at most 67108864 bytes, found 68157440")
  }

  @Test func `a tree is written as it is read`() throws {
    let text = #"{"a":[1,-2.5,true,null,"x\"\\\n\u0001é"],"b":{}}"#
    #expect(try JSONParser.parse(Data(text.utf8)).text == text)
  }
}
