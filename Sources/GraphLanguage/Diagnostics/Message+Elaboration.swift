import IR
import Tensors

// What is said when a model's statements are run.
extension Message {
  // MARK: Entries

  static func withoutOutput(_ entry: String?) -> Message {
    Message(
      entry.map { "entry '\($0)' has no output" } ?? "the model has no output",
      help: "write 'output NAME = …'")
  }

  static func entryTwice(_ name: String) -> Message { Message("there are two entries '\(name)'") }

  static func inputTwice(_ name: String) -> Message { Message("there are two inputs '\(name)'") }

  static func outputTwice(_ name: String) -> Message { Message("there are two outputs '\(name)'") }

  static func noModel(_ file: String) -> Message {
    Message("'\(file)' declares no model", help: "write 'model NAME { … }'")
  }

  static func unknownModel(_ name: String, known: [String]) -> Message {
    Message(
      "there is no model '\(name)'", help: Suggestion.help(for: name, among: known))
  }

  static func severalModels(_ names: [String]) -> Message {
    Message("the file declares the models \(Suggestion.quotedList(names))", help: "choose one")
  }

  static func requirementFailed(_ condition: String, _ message: String?) -> Message {
    Message(
      message.map { "the model needs \($0)" } ?? "'\(condition)' doesn't hold",
      help: message == nil ? nil : "\(condition) must hold")
  }

  // MARK: Limits

  static var tooManySteps: Message {
    Message("the model takes more than \(Limits.steps) steps to elaborate")
  }

  static func tooManyAxes(_ count: Int) -> Message {
    Message("a tensor of \(count) axes; there are at most \(Limits.axes)")
  }

  static var tooManyNodes: Message { Message("the model has more than \(Limits.nodes) nodes") }

  static func endsBeforeStart(_ start: Int, _ end: Int) -> Message {
    Message("\(start) ..< \(end) ends before it starts")
  }

  static func tooManyTrips(from start: Int, to end: Int) -> Message {
    Message("\(start) ..< \(end) are more than \(Limits.trips) trips")
  }

  static var callsTooDeep: Message {
    Message("more than \(Limits.callDepth) layers call each other in a chain")
  }

  // MARK: Configs

  static func configNeedsValue(_ name: String, _ keys: [String], _ configuration: String?)
    -> Message
  {
    let list = Suggestion.quotedList(keys, "or")
    return Message(
      "config '\(name)' has no value",
      help: "give one with --set \(name)=…, or \(list) in \(configuration ?? "config.json")")
  }

  static func settingType(_ name: String, _ text: String, type: String) -> Message {
    Message(
      "--set \(name)=\(text.shortened(to: 60)): '\(name)' is \(typePhrase(type))",
      help: type == "Bool" ? "write true or false" : nil)
  }

  static func unknownSetting(
    _ name: String, _ model: String, _ known: [String], _ values: [(String, ConfigValue)]
  ) -> Message {
    let list = values.map { "\($0)=\($1)" }.joined(separator: ", ")
    return Message(
      "--set \(name): model '\(model)' has no config '\(name)'",
      help: Suggestion.nearest(to: name, among: known).map { "did you mean '\($0)'?" }
        ?? (known.isEmpty
          ? "it has none" : "there is " + (list.isEmpty ? Suggestion.quotedList(known) : list)))
  }

  static func configurationType(
    _ file: String, _ key: String, _ found: ConfigurationScalar, type: String
  ) -> Message {
    Message("\(file): \"\(key)\" must be \(typePhrase(type)), found \(text(found))")
  }

  private static func text(_ scalar: ConfigurationScalar) -> String {
    switch scalar {
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .bool(let value): "\(value)"
    case .string(let text): StringEscapes.quoted(text.shortened(to: 60))
    case .null: "null"
    case .list(let elements): list(elements.prefix(8).map(text), isWhole: elements.count <= 8)
    case .other(let kind): kind
    }
  }

  private static func list(_ elements: [String], isWhole: Bool) -> String {
    "[\((elements + (isWhole ? [] : ["…"])).joined(separator: ", "))]"
  }

  private static func typePhrase(_ type: String) -> String {
    switch type {
    case "Int": "an Int, a whole number"
    case "Float": "a Float, a number"
    case "Bool": "a Bool, true or false"
    case "[Float]": "a [Float], a list of numbers"
    case "[String]": "a [String], a list of texts"
    default: "a String"
    }
  }
}
