import Foundation

/// How a model wants conversations written: its template, and what the template is given besides.
public struct ChatFormat: Sendable {
  /// The template.
  public let template: ChatTemplate
  /// The template's file, for messages.
  public let source: String
  /// What is given besides the conversation: `bos_token`, `eos_token` and others.
  public var variables: [String: JSONValue]

  /// A format from its parts.
  ///
  /// - Throws: ``TextModelError/template(source:_:)``
  public init(
    _ template: String, source: String, variables: [String: JSONValue] = [:]
  ) throws(TextModelError) {
    do {
      self.template = try ChatTemplate(template)
    } catch {
      throw .template(source: source, error)
    }
    self.source = source
    self.variables = variables
  }

  /// The text of a conversation.
  ///
  /// As transformers does it, members of messages that are null are left out, and reasoning stands
  /// under the names `reasoning_content` and `thinking`.
  ///
  /// - Parameters:
  ///   - messages: objects with `role` and `content`.
  ///   - tools: what the model may call, as JSON schemas.
  ///   - addsPrompt: whether the beginning of the next answer is added.
  ///   - more: variables that the template knows, such as `enable_thinking`.
  public func text(
    of messages: [JSONValue], tools: JSONValue = .null, addsPrompt: Bool = true,
    _ more: [String: JSONValue] = [:]
  ) throws(TextModelError) -> String {
    var variables = variables
    variables["documents"] = .null
    for (name, value) in more { variables[name] = value }
    variables["messages"] = .array(messages.map(ChatFormat.normalized))
    variables["tools"] = tools
    variables["add_generation_prompt"] = .bool(addsPrompt)
    do {
      return try template.render(variables)
    } catch {
      throw .template(source: source, error)
    }
  }

  private static func normalized(_ message: JSONValue) -> JSONValue {
    guard case .object(let object) = message else { return message }
    let names = ["reasoning_content", "thinking", "reasoning"]
    let reasoning = names.lazy.compactMap { object[$0] }.first { $0 != .null }
    var result = JSONObject()
    if let reasoning {
      _ = result.append("thinking", object["thinking"] ?? reasoning)
    }
    for (key, value) in zip(object.keys, object.values) where value != .null {
      if reasoning != nil, key == "thinking" || key == "reasoning_content" { continue }
      _ = result.append(key, value)
    }
    if let reasoning { _ = result.append("reasoning_content", reasoning) }
    return .object(result)
  }

  /// A message of a conversation.
  public static func message(_ role: String, _ content: String) -> JSONValue {
    var object = JSONObject()
    _ = object.append("role", .string(role))
    _ = object.append("content", .string(content))
    return .object(object)
  }
}
