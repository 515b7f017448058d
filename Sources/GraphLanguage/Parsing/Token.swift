/// The smallest part of a graph file.
struct Token {
  enum Kind: Equatable {
    case name, integer, float, string
    case keyword(Keyword)
    case symbol(Symbol)
    /// Something that was reported as unreadable.
    case invalid
    case end
  }

  var kind: Kind
  var start: Int
  var end: Int
  /// Whether it is the first token of its line.
  var startsLine: Bool
  /// Whether a blank line stands before it (before the comments that lead to it).
  var followsBlank: Bool
}

/// The words that can't be names of variables.
enum Keyword: String, CaseIterable {
  case `import`, layer, model, weights, tokenizer, task, config, require, entry, input, output
  case param, state, `let`, `var`, `for`, `in`, `if`, `else`, `return`, `as`, `true`, `false`, `nil`

  /// Whether a statement or declaration starts with it.
  var startsStatement: Bool {
    switch self {
    case .in, .else, .as, .true, .false, .nil: false
    default: true
    }
  }

  static let byText: [String: Keyword] = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
}

/// Punctuation.
enum Symbol: String, CaseIterable {
  case leftParen = "("
  case rightParen = ")"
  case leftBracket = "["
  case rightBracket = "]"
  case leftBrace = "{"
  case rightBrace = "}"
  case comma = ","
  case colon = ":"
  case dot = "."
  case question = "?"
  case ellipsis = "..."
  case range = "..<"
  case arrow = "->"
  case assign = "="
  case plus = "+"
  case minus = "-"
  case times = "*"
  case divide = "/"
  case remainder = "%"
  case not = "!"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessEqual = "<="
  case greater = ">"
  case greaterEqual = ">="
  case and = "&&"
  case or = "||"

  /// The symbols by their first byte, longest first.
  static let byFirst: [UInt8: [(bytes: [UInt8], symbol: Symbol)]] = Dictionary(
    grouping: allCases.map { (Array($0.rawValue.utf8), $0) }
      .sorted { ($0.0.count, $1.1.rawValue) > ($1.0.count, $0.1.rawValue) },
    by: { $0.bytes[0] })
}
