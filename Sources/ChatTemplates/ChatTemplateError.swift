/// Why a chat template can't be read or rendered, and where.
public struct ChatTemplateError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Fault: Sendable, Hashable {
    /// Another word or sign stands there.
    case expected(String, found: String)
    /// A block, comment or string has no end.
    case unclosed(String)
    /// The language has it, this subset doesn't.
    case unsupported(String)
    /// There is no filter, test, method or function of that name.
    case unknown(kind: String, name: String)
    /// A value was asked for that isn't there.
    case undefined(String)
    /// A value is of the wrong kind for what is done with it.
    case type(String)
    /// The template itself says that it can't go on.
    case raised(String)
    /// It takes more than it may.
    case limit(String)
  }

  /// What is wrong.
  public let fault: Fault
  /// The line, counted from 1.
  public let line: Int
  /// The character in the line, counted from 1.
  public let column: Int

  init(_ fault: Fault, at position: Position) {
    self.fault = fault
    line = position.line
    column = position.column
  }

  /// The message: `line:column: what`.
  public var description: String { "\(line):\(column): \(text)" }

  private var text: String {
    switch fault {
    case .expected(let expected, let found): "expected \(expected), found \(found)"
    case .unclosed(let what): "the \(what) that begins here has no end"
    case .unsupported(let what): "\(what) isn't in the subset of Jinja that Weft reads"
    case .unknown(let kind, let name): "there is no \(kind) '\(name)'"
    case .undefined(let what): "\(what) is undefined"
    case .type(let what): what
    case .raised(let message): "the template refuses this conversation: \(message)"
    case .limit(let what): "the template takes more than it may: \(what)"
    }
  }
}

/// A place in a template.
struct Position: Sendable, Hashable {
  var line = 1
  var column = 1
}
