// What the lexer and the parser say.
extension Message {
  static func sourceTooLong(_ bytes: Int) -> Message {
    Message("the file has \(bytes) bytes; a graph file has at most \(Limits.sourceBytes)")
  }

  static var tooManyTokens: Message {
    Message("the file goes on too long; a graph file has at most \(Limits.tokens) words and signs")
  }

  static func invalidUTF8(byte: UInt8) -> Message {
    Message(
      "byte 0x\(String(byte, radix: 16)) isn't UTF-8 here", help: "save the file as UTF-8 text")
  }

  static func unexpectedCharacter(_ text: String) -> Message {
    switch text {
    case ";": Message("unexpected ';'", help: "a statement ends with its line")
    case "&": Message("unexpected '&'", help: "'and' is written '&&'")
    case "|": Message("unexpected '|'", help: "'or' is written '||'")
    case "'": Message("unexpected \"'\"", help: "a string stands in double quotes: \"gelu\"")
    case "^": Message("unexpected '^'", help: "a power is written pow(x, y)")
    case "@": Message("unexpected '@'", help: "a matrix product is written matmul(a, b)")
    case "#": Message("unexpected '#'", help: "a comment begins with '//'")
    case "\u{201c}", "\u{201d}", "\u{201e}", "\u{00ab}", "\u{00bb}":
      Message("unexpected '\(text)'", help: "a string stands in straight double quotes: \"gelu\"")
    case "\u{2013}", "\u{2014}", "\u{2212}":
      Message("unexpected '\(text)'", help: "minus is the ASCII character '-'")
    default:
      Message(
        "unexpected '\(text.shortened(to: 20))'",
        help: (text.utf8.first ?? 0) >= 0x80
          ? "outside strings and comments only ASCII is read" : nil)
    }
  }

  static func nameTooLong(_ bytes: Int) -> Message {
    Message("a name of \(bytes) bytes; it has at most \(Limits.nameBytes)")
  }

  static var blockComment: Message {
    Message("'/*' begins no comment", help: "a comment begins with '//' and ends with its line")
  }

  static func malformedNumber(_ text: String) -> Message {
    Message(
      "'\(text.shortened(to: 40))' isn't a number",
      help: "numbers are written 12, 30_522, 0.5 or 1e-12")
  }

  static func integerTooLarge(_ digits: String) -> Message {
    Message("\(digits.shortened(to: 40)) doesn't fit a 64-bit integer")
  }

  static var unterminatedString: Message {
    Message("the string has no end on its line", help: "close it with '\"'")
  }

  static func badEscape(_ sequence: String) -> Message {
    Message(
      "'\(sequence)' is no escape in a string", help: #"there is \", \\, \n, \t and \u{1F600}"#)
  }

  static func expected(_ what: String, found: String, help: String? = nil) -> Message {
    Message("expected \(what), found \(found)", help: help)
  }

  static func keywordAsName(_ keyword: String, what: String) -> Message {
    Message(
      "expected \(what), found the keyword '\(keyword)'",
      help: "keywords can't be names; after 'as' and as labels they can")
  }

  static var nestedTooDeep: Message {
    Message(
      "nested deeper than \(Limits.nesting) levels", help: "give parts of it names with 'let'")
  }

  static func statementOutside(_ keyword: String) -> Message {
    Message(
      "'\(keyword)' stands outside of layers and models",
      help: "put it inside a 'model NAME { … }'"
        + (["let", "param", "return", "for", "if", "var"].contains(keyword) ? " or a layer" : ""))
  }

  static func declarationInside(_ keyword: String) -> Message {
    Message(
      "'\(keyword)' can't stand inside a layer or model",
      help: keyword == "import"
        ? "imports stand at the beginning of the file" : "close the block before it with '}'")
  }

  static var unopenedBrace: Message { Message("'}' closes nothing") }

  static var elseWithoutIf: Message {
    Message("'else' without 'if'", help: "'else' follows the '}' of an 'if'")
  }

  static var ellipsisNotFirst: Message {
    Message("'...' can only stand first", help: "it stands for the leading axes: f32[..., width]")
  }

  static func configWithoutValue(_ name: String) -> Message {
    Message(
      "config '\(name)' has neither a type nor a value",
      help: "write '\(name) = 12' or, where a value must be given, '\(name): Int'")
  }

  static func compoundAssignment(_ name: String, _ op: String) -> Message {
    Message("there is no '\(op)='", help: "write \(name) = \(name) \(op) …")
  }

  static func unknownStatement(_ word: String, nearest: String) -> Message {
    Message("'\(word)' begins no statement", help: "did you mean '\(nearest)'?")
  }

  static func lineStartsWithOperator(_ op: String) -> Message {
    Message(
      "a statement can't begin with '\(op)'",
      help:
        "a line goes on where it ends with an operator: put '\(op)' at the end of the line above")
  }

  static var unusedExpression: Message {
    Message("the value isn't used", help: "give it a name with 'let', or return it")
  }

  static var assignsToExpression: Message {
    Message(
      "only a variable can be assigned to", help: "a comparison is written '=='")
  }

  static func asWithoutCall(rightmost: String) -> Message {
    Message(
      "'as' names the call of a layer",
      help: rightmost.contains("(")
        ? "put the call in parentheses with its name: … (\(rightmost.shortened(to: 40)) as name)"
        : nil)
  }

  static func chainedComparison(_ first: String, _ second: String) -> Message {
    Message(
      "'\(first)' and '\(second)' don't chain", help: "write a \(first) b && b \(second) c")
  }

  static var emptySubscript: Message {
    Message("nothing stands in the brackets", help: "write x[0], x[a ..< b], x[:, 0] or x[..., 0]")
  }
}
