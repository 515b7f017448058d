import Foundation
import Weft

/// Chat templates, rendered with a conversation: the template, a zero, the variables as JSON.
struct ChatTemplateTarget: FuzzTarget {
  static let name = "chat-template"
  static let words = [
    "{{", "}}", "{%", "%}", "{%-", "-%}", "{#", "#}", "for ", "endfor", "if ", "elif ", "else",
    "endif", "set ", "endset", "macro ", "endmacro", "namespace(", "loop.index0", "messages",
    "message['content']", "|trim", "|tojson", "|join(", "|length", "|selectattr(", "|map(",
    "raise_exception(", "strftime_now(", "range(", "is defined", "is string", "not in", "[::-1]",
    "**", "//", "~", "recursive", "call ", "filter ", "\0",
    "9223372036854775807", "(-9223372036854775807 - 1)", " * 9223372036854775807", "30000000",
    "1e308", "[s] * ", "'a' * ", "[] * ", "[::-9223372036854775807]", ", -1)", "|batch(",
    "|indent(", "|round(", "|int(", "|replace(", "|string", "|format(*", "|sort", "|unique",
    "|list",
    "|groupby(", "|sum", "|abs", ".zfill(", ".split(", ".find(", ".count(", "is divisibleby(",
    "is odd", "is even", "is sameas ", "'%s' % ", "'%d' % ", " == ", " < ", " in ",
  ]

  init() throws {}

  func seeds() throws -> [Data] {
    let folder = "Tests/ChatTemplatesTests/Reference"
    let variables = Data(
      ("\0{\"messages\":[{\"role\":\"system\",\"content\":\"S\"},{\"role\":\"user\",\"content\":\"Hi\"}],"
        + "\"tools\":null,\"add_generation_prompt\":true,\"bos_token\":\"<s>\",\"n\":7,"
        + "\"list\":[3,1,2],\"d\":{\"a\":{\"c\":[1]}},\"s\":\"Hello\"}").utf8)
    let small = try String(contentsOf: Repository.file(folder + "/small.txt"), encoding: .utf8)
    return try Repository.files(folder, "jinja").map { try Data(contentsOf: $0) + variables }
      + small.components(separatedBy: "=====\n").map { Data($0.utf8) + variables }
  }

  func run(_ bytes: Data) {
    let cut = bytes.firstIndex(of: 0) ?? bytes.endIndex
    guard let template = try? ChatTemplate(String(decoding: bytes[..<cut], as: UTF8.self)) else {
      return
    }
    var variables: [String: JSONValue] = [:]
    if case .object(let object)? = try? JSONParser.parse(
      Data(bytes[min(cut + 1, bytes.endIndex)...]))
    {
      for (key, value) in zip(object.keys, object.values) { variables[key] = value }
    }
    _ = try? template.render(
      variables, now: Date(timeIntervalSince1970: 0),
      limits: .init(steps: 100_000, bytes: 1 << 20, depth: 64))
  }
}
