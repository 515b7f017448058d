/// A piece of a template.
struct Token: Sendable {
  enum Kind: Sendable, Equatable {
    /// Text outside of tags.
    case text(String)
    /// `{{`
    case printBegin
    /// `}}`
    case printEnd
    /// `{%`
    case blockBegin
    /// `%}`
    case blockEnd
    case name(String)
    case string(String)
    case int(Int)
    case double(Double)
    /// An operator or bracket.
    case sign(String)
    /// The end of the template.
    case end
  }

  var kind: Kind
  var position: Position

  /// What a message calls it.
  var described: String {
    switch kind {
    case .text: "text"
    case .printBegin: "'{{'"
    case .printEnd: "'}}'"
    case .blockBegin: "'{%'"
    case .blockEnd: "'%}'"
    case .name(let name): "'\(name.prefix(40))'"
    case .string: "a string"
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .sign(let sign): "'\(sign)'"
    case .end: "the end of the template"
    }
  }
}
