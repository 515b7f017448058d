/// The parts of statements and expressions, for whoever looks for places in a syntax tree.
extension Block {
  /// All statements, each before those inside it.
  var allStatements: [Statement] { statements.flatMap { [$0] + $0.inner.flatMap(\.allStatements) } }
}

extension Statement {
  /// The blocks inside.
  var inner: [Block] {
    switch kind {
    case .loop(_, _, _, let block), .entry(_, let block): [block]
    case .conditional(let branches, let otherwise):
      branches.map(\.body) + [otherwise].compactMap { $0 }
    default: []
    }
  }

  /// The expressions of the statement itself, without those of its blocks.
  var expressions: [Expression] {
    switch kind {
    case .setting: []
    case .config(let items): items.compactMap(\.value)
    case .require(let condition, _): [condition]
    case .input(_, let type): type.dims
    case .output(_, let type, let value): (type?.dims ?? []) + [value]
    case .param(_, let type, let initializer, _): type.dims + [initializer].compactMap { $0 }
    case .state(_, let type, _): type.dims
    case .variable(_, _, let type, let value): (type?.dims ?? []) + [value]
    case .assignment(_, let value): [value]
    case .loop(_, let start, let end, _): [start, end]
    case .conditional(let branches, _): branches.map(\.condition)
    case .return(let values): values
    case .entry: []
    }
  }
}

extension Expression {
  /// The expression and all inside it, outer ones first.
  var all: [Expression] { [self] + children.flatMap(\.all) }

  private var children: [Expression] {
    switch kind {
    case .integer, .float, .string, .bool, .nil, .name: []
    case .list(_, let elements): elements
    case .unary(_, let operand), .parenthesized(let operand): [operand]
    case .binary(_, let left, let right): [left, right]
    case .call(_, let arguments): arguments.map(\.value)
    case .named(let call, _): [call]
    case .subscripted(let base, let subscripts):
      [base]
        + subscripts.flatMap { part -> [Expression] in
          switch part {
          case .ellipsis, .all: []
          case .index(let index): [index]
          case .range(let start, let end): [start, end]
          }
        }
    }
  }
}
