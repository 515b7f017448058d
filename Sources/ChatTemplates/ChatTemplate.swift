import Formats
import Foundation

/// How a model wants a conversation written: a template in Jinja's language, as models ship it.
///
/// It is rendered as transformers does it with jinja2 3.1's sandbox: blocks are trimmed, lists and
/// objects can't be changed, and nothing outside of the template can be reached. What of the
/// language isn't there (imports, inheritance, autoescaping) is refused with its line when the
/// template is read: Docs/ChatTemplates.md.
///
/// ```swift
/// let template = try ChatTemplate("{% for m in messages %}{{ m.content }}{% endfor %}")
/// let prompt = try template.render(["messages": messages, "add_generation_prompt": .bool(true)])
/// ```
public struct ChatTemplate: Sendable {
  /// What rendering may take: a template is a stranger's program.
  public struct Limits: Sendable {
    /// Nodes that are evaluated, and elements and bytes that are copied in thousands.
    public var steps: Int
    /// Bytes of the text, and of any string on the way to it.
    public var bytes: Int
    /// How deep macros and loops call each other.
    public var depth: Int

    /// Limits from their parts.
    public init(steps: Int = 2_000_000, bytes: Int = 32 << 20, depth: Int = 64) {
      self.steps = steps
      self.bytes = bytes
      self.depth = depth
    }
  }

  /// The template's text.
  public let source: String
  private let body: [Statement]

  /// Reads a template.
  public init(_ source: String) throws(ChatTemplateError) {
    self.source = source
    var parser = Parser(try Lexer.tokens(of: source))
    body = try parser.template()
  }

  /// The text that the template makes of variables.
  ///
  /// - Parameters:
  ///   - variables: such as `messages`, `tools`, `add_generation_prompt`, `bos_token`.
  ///   - now: what `strftime_now` tells, in the time zone of the machine.
  /// - Throws: ``ChatTemplateError`` with the line, also for what `raise_exception` says.
  public func render(
    _ variables: [String: JSONValue], now: Date = Date(), limits: Limits = Limits()
  ) throws(ChatTemplateError) -> String {
    let root = Scope(parent: nil)
    for (name, value) in Globals.all { root.set(name, value) }
    for (name, value) in variables { root.set(name, Value(value)) }
    let interpreter = Interpreter(limits: limits, now: now)
    defer { interpreter.end() }
    var output = ""
    _ = try interpreter.run(body, in: Scope(parent: root), into: &output)
    return output
  }
}
