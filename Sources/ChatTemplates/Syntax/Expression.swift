/// An expression of a template, with its place.
struct Expression: Sendable {
  enum Literal: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
  }

  /// What is handed to a function, filter, test or macro.
  struct Arguments: Sendable {
    var positional: [Expression] = []
    var named: [(name: String, value: Expression)] = []
    /// `*list`
    var list: Expression?
    /// `**object`
    var object: Expression?
  }

  indirect enum Kind: Sendable {
    case literal(Literal)
    case name(String)
    case list([Expression])
    case tuple([Expression])
    case object([(Expression, Expression)])
    case attribute(Expression, String)
    case item(Expression, Expression)
    case slice(Expression, from: Expression?, to: Expression?, step: Expression?)
    case call(Expression, Arguments)
    case filter(Expression, String, Arguments)
    case test(Expression, String, Arguments, isNegated: Bool)
    case negative(Expression)
    case positive(Expression)
    case not(Expression)
    case and(Expression, Expression)
    case or(Expression, Expression)
    case compare(Expression, [(sign: String, Expression)])
    case binary(String, Expression, Expression)
    case concatenate([Expression])
    case condition(Expression, then: Expression, otherwise: Expression?)
  }

  let kind: Kind
  let position: Position
  /// How deep its tree is.
  let depth: Int

  init(_ kind: Kind, _ position: Position) {
    self.kind = kind
    self.position = position
    depth = 1 + (kind.parts.map(\.depth).max() ?? 0)
  }
}

extension Expression.Kind {
  /// The expressions that it is made of.
  fileprivate var parts: [Expression] {
    switch self {
    case .literal, .name: []
    case .list(let parts), .tuple(let parts), .concatenate(let parts): parts
    case .object(let members): members.flatMap { [$0, $1] }
    case .attribute(let base, _), .negative(let base), .positive(let base), .not(let base): [base]
    case .item(let a, let b), .and(let a, let b), .or(let a, let b), .binary(_, let a, let b):
      [a, b]
    case .slice(let base, let from, let to, let step): [base] + [from, to, step].compactMap(\.self)
    case .call(let base, let arguments), .filter(let base, _, let arguments),
      .test(let base, _, let arguments, _):
      [base] + arguments.positional + arguments.named.map(\.value)
        + [arguments.list, arguments.object].compactMap(\.self)
    case .compare(let first, let rest): [first] + rest.map(\.1)
    case .condition(let test, let then, let otherwise):
      [test, then] + [otherwise].compactMap(\.self)
    }
  }
}

/// A statement of a template, with its place.
struct Statement: Sendable {
  /// What a value is given to.
  indirect enum Target: Sendable {
    case name(String)
    case attribute(String, String)
    case tuple([Target])
  }

  struct Parameter: Sendable {
    var name: String
    var value: Expression?
  }

  /// What a macro takes.
  struct Signature: Sendable {
    var parameters: [Parameter] = []
    /// Whether the body asks for `varargs`: further arguments.
    var takesMore = false
    /// Whether the body asks for `kwargs`: other names.
    var takesNames = false
  }

  indirect enum Kind: Sendable {
    case text(String)
    case print(Expression)
    case condition([(Expression, [Statement])], otherwise: [Statement])
    case loop(Loop)
    case set(Target, Expression)
    case setBlock(Target, filters: [Expression], [Statement])
    case macro(String, Signature, [Statement])
    case callBlock(Expression, Signature, [Statement])
    case filterBlock(Expression, [Statement])
    case with([(Target, Expression)], [Statement])
    case scoped([Statement])
    case breakLoop
    case continueLoop
  }

  struct Loop: Sendable {
    var target: Target
    var elements: Expression
    var filter: Expression?
    var isRecursive: Bool
    var body: [Statement]
    var otherwise: [Statement]
  }

  var kind: Kind
  var position: Position
}
