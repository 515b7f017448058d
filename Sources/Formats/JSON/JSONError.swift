/// Why a text isn't JSON, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Fault: Sendable, Hashable {
    /// There is nothing but white space.
    case empty
    /// The text ends inside a value.
    case unexpectedEnd(expected: String)
    /// Another character stands there.
    case unexpected(found: String, expected: String)
    /// A string's bytes aren't UTF-8.
    case invalidUTF8
    /// A `\` isn't followed by an escape that JSON has, or a surrogate stands alone.
    case invalidEscape
    /// A number isn't one that JSON has, or leaves the range of a Double.
    case invalidNumber
    /// Arrays and objects are nested deeper than the limit.
    case tooDeep(limit: Int)
    /// There are more values than the limit.
    case tooManyValues(limit: Int)
    /// An object has a key twice.
    case duplicateKey(String)
  }

  /// What is wrong.
  public let fault: Fault
  /// The line, counted from 1.
  public let line: Int
  /// The character in the line, counted from 1.
  public let column: Int

  /// The message: `line:column: what`.
  public var description: String { "\(line):\(column): \(text)" }

  private var text: String {
    switch fault {
    case .empty: "expected a JSON value, found nothing"
    case .unexpectedEnd(let expected): "the text ends where \(expected) was expected"
    case .unexpected(let found, let expected): "expected \(expected), found \(found)"
    case .invalidUTF8: "the string that begins here isn't UTF-8"
    case .invalidEscape: "this isn't an escape of JSON (\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX)"
    case .invalidNumber: "this isn't a number of JSON, or it is out of range"
    case .tooDeep(let limit): "arrays and objects are nested deeper than \(limit)"
    case .tooManyValues(let limit): "there are more than \(limit) values"
    case .duplicateKey(let key): "the key \(key.quotedForMessage) stands twice in one object"
    }
  }
}
