import Formats
import Foundation
import Testing

@testable import ChatTemplates

/// What jinja2 makes of the same templates; Reference/record.py recorded it.
struct RecordedCase: CustomTestStringConvertible, Sendable {
  let name: String
  let source: String
  let variables: [String: JSONValue]
  /// Nil where jinja2 refuses the template or what it is given.
  let expected: String?

  var testDescription: String { name }

  static let now = Date(timeIntervalSince1970: 1_764_066_123)

  static let all: [RecordedCase] = {
    do { return try read() } catch { fatalError("\(error)") }
  }()

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Reference")

  private static func read() throws -> [RecordedCase] {
    let root = JSONField(
      try JSONParser.parse(Data(contentsOf: folder.appending(path: "cases.json"))))
    func variables(_ field: JSONField) throws -> [String: JSONValue] {
      let object = try field.object()
      return Dictionary(
        zip(object.keys, object.values), uniquingKeysWith: { first, _ in first })
    }
    let data = try variables(root.required("data", "an object"))
    let sets = try root.required("variables", "a list").elements().map(variables)
    return try root.required("cases", "a list").elements().map { field in
      let source =
        if let name = try field.member("template")?.string() {
          try String(
            contentsOf: folder.appending(path: "templates/\(name)"), encoding: .utf8)
        } else {
          try field.required("source", "text").string()
        }
      return RecordedCase(
        name: try field.required("name", "text").string(), source: source,
        variables: try field.member("variables").map { sets[try $0.integer()] } ?? data,
        expected: try field.member("expected")?.string())
    }
  }
}

@Suite struct `What jinja2 makes of a template` {
  init() { setenv("TZ", "UTC", 1) }

  @Test(arguments: RecordedCase.all)
  func `comes out byte for byte`(recorded: RecordedCase) throws {
    do {
      let text = try ChatTemplate(recorded.source).render(recorded.variables, now: RecordedCase.now)
      if let expected = recorded.expected {
        #expect(
          Array(text.utf8) == Array(expected.utf8),
          "\(recorded.source.prefix(200))\n\(text)\n\(expected)")
      } else {
        Issue.record("jinja2 refuses \(recorded.source.prefix(200)), found \(text)")
      }
    } catch {
      #expect(recorded.expected == nil, "\(recorded.source.prefix(200)): \(error)")
    }
  }
}
