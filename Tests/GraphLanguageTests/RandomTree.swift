import GraphLanguage

/// A source of random numbers that gives the same ones for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Makes random syntax trees, such as a parser could have read.
struct RandomTree {
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private mutating func pick<T>(_ items: [T]) -> T {
    items[Int.random(in: 0..<items.count, using: &random)]
  }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  private mutating func several<T>(
    _ range: ClosedRange<Int>, _ make: (inout RandomTree) -> T
  ) -> [T] {
    (0..<Int.random(in: range, using: &random)).map { _ in make(&self) }
  }

  private mutating func name() -> Name {
    Name(
      pick([
        "x", "h", "width", "attention_mask", "a_rather_long_name_for_a_tensor", "Linear", "heads",
        "from", "or", "f32", "_",
      ]))
  }

  private mutating func text() -> String {
    pick(["gelu", "", "a \"quoted\" word", "back\\slash", "ünïcödé 🧵", "two\nlines\t", "\u{7}"])
  }

  // MARK: Expressions

  mutating func expression(_ depth: Int) -> Expression {
    if chance(10), depth > 0 {
      return Expression(.named(call(depth), layerName(depth)))
    }
    return operation(depth, above: 0)
  }

  private mutating func call(_ depth: Int) -> Expression {
    let arguments = several(0...4) { tree in
      Argument(
        label: tree.chance(40) ? Name(tree.pick(["axis", "input", "mask"])) : nil,
        tree.expression(depth - 1))
    }
    return Expression(.call(name(), arguments))
  }

  /// An operation that binds tighter than `precedence`, as a parser would group it.
  private mutating func operation(_ depth: Int, above precedence: Int) -> Expression {
    guard depth > 0, chance(40) else { return unary(depth) }
    let choices = BinaryOperator.allCases.filter { $0.precedence > precedence }
    guard !choices.isEmpty else { return unary(depth) }
    let op = pick(choices)
    // Comparisons don't chain, so both sides of one bind tighter.
    let left = operation(depth - 1, above: op.isComparison ? op.precedence : op.precedence - 1)
    let right = operation(depth - 1, above: op.precedence)
    return Expression(.binary(op, left, right))
  }

  private mutating func unary(_ depth: Int) -> Expression {
    if depth > 0, chance(15) {
      return Expression(.unary(pick(UnaryOperator.allCases), unary(depth - 1)))
    }
    var base = primary(depth)
    if depth > 0, chance(15) {
      base = Expression(
        .subscripted(
          base,
          several(1...3) { tree in
            switch tree.pick([0, 1, 2, 3]) {
            case 0: .all
            case 1: .ellipsis
            case 2: .index(tree.operation(depth - 1, above: 0))
            default:
              .range(tree.operation(depth - 1, above: 0), tree.operation(depth - 1, above: 0))
            }
          }))
    }
    return base
  }

  private mutating func primary(_ depth: Int) -> Expression {
    switch pick(depth > 0 ? Array(0...9) : Array(0...5)) {
    case 0: Expression(.integer(pick(["0", "12", "30_522"])))
    case 1: Expression(.float(pick(["0.5", "1e-12", "2.5E+3"])))
    case 2: Expression(.string(text()))
    case 3: Expression(.bool(chance(50)))
    case 4: Expression(.nil)
    case 5: Expression(.name(name().text))
    case 6:
      Expression(.list(ellipsis: chance(20), several(0...4) { $0.expression(depth - 1) }))
    case 7: Expression(.parenthesized(expression(depth - 1)))
    default: call(depth)
    }
  }

  private mutating func layerName(_ depth: Int) -> LayerName {
    LayerName(
      several(1...3) { tree in
        LayerName.Component(
          Name(tree.pick(["encoder", "layer", "self", "output"])),
          index: tree.chance(30) ? tree.operation(depth - 1, above: 0) : nil)
      })
  }

  private mutating func type() -> TypeSyntax {
    if chance(20) { return TypeSyntax(Name("[Int]"), isOptional: chance(20)) }
    if chance(30) { return TypeSyntax(Name(pick(["Int", "f32"])), isOptional: chance(20)) }
    return TypeSyntax(
      Name(pick(["f32", "bool"])), hasShape: true, hasEllipsis: chance(30),
      dims: several(0...3) { $0.operation(1, above: 0) }, isOptional: chance(20))
  }

  // MARK: Statements

  private mutating func comments() -> [Comment] {
    chance(15)
      ? several(1...2) { tree in
        Comment(tree.pick(["why", "", "/ slash"]), isDocumentation: tree.chance(30))
      } : []
  }

  private mutating func trivia(isFirst: Bool) -> Trivia {
    var trivia = Trivia()
    trivia.leading = comments()
    let blank = !isFirst && chance(20)
    if trivia.leading.isEmpty {
      trivia.followsBlank = blank
    } else {
      trivia.leading[0].followsBlank = blank
      trivia.followsBlank = chance(10)
    }
    if chance(10) { trivia.trailing = Comment("at the end") }
    return trivia
  }

  private mutating func block(_ depth: Int) -> Block {
    let kinds = several(0...4) { $0.statement(depth) }
    let statements = kinds.enumerated().map { i, kind in
      Statement(kind, trivia: trivia(isFirst: i == 0))
    }
    return Block(statements, trailing: comments())
  }

  private mutating func statement(_ depth: Int) -> Statement.Kind {
    switch pick(Array(0...(depth > 0 ? 13 : 10))) {
    case 0: .setting(pick([.weights, .tokenizer]), Name(text()))
    case 1: .setting(.task, Name("embedding"))
    case 2:
      .config(
        several(1...4) { tree in
          let hasType = tree.chance(50)
          return ConfigItem(
            tree.name(), type: hasType ? TypeSyntax(Name("Int")) : nil,
            value: !hasType || tree.chance(50) ? tree.operation(2, above: 0) : nil,
            keys: tree.several(0...2) { Name($0.text()) })
        })
    case 3: .require(expression(3), chance(50) ? text() : nil)
    case 4: .input(name(), type())
    case 5: .output(name(), chance(30) ? type() : nil, expression(3))
    case 6:
      .param(
        name(), type(), initializer: chance(50) ? operation(2, above: 0) : nil,
        path: chance(50) ? layerName(2) : nil)
    case 7:
      .variable(isMutable: chance(50), [name()], chance(30) ? type() : nil, expression(4))
    case 8: .variable(isMutable: false, [name(), name()], nil, expression(3))
    case 9: .assignment(name(), expression(4))
    case 10: .return(several(1...2) { $0.expression(3) })
    case 11: .loop(name(), operation(2, above: 0), operation(2, above: 0), block(depth - 1))
    case 12:
      .conditional(
        several(1...3) { Branch($0.operation(2, above: 0), $0.block(depth - 1)) },
        otherwise: chance(50) ? block(depth - 1) : nil)
    default: .entry(name(), block(depth - 1))
    }
  }

  mutating func file() -> SourceFile {
    var items: [SourceFile.Item] = []
    for i in 0..<Int.random(in: 0...4, using: &random) {
      var trivia = trivia(isFirst: i == 0)
      switch pick([0, 1, 2]) {
      case 0: items.append(.import(Import(Name(text()), trivia: trivia)))
      case 1:
        if i > 0 { trivia.separate() }
        items.append(.layer(layer(trivia)))
      default:
        if i > 0 { trivia.separate() }
        items.append(.model(ModelDeclaration(name(), block(3), trivia: trivia)))
      }
    }
    return SourceFile(items, trailing: comments())
  }

  private mutating func layer(_ trivia: Trivia) -> LayerDeclaration {
    let parameters = several(0...5) { tree in
      var trivia = Trivia()
      if tree.chance(5) { trivia.leading = [Comment("before")] }
      if tree.chance(5) { trivia.trailing = Comment("after") }
      return LayerDeclaration.Parameter(
        tree.name(), tree.type(), value: tree.chance(30) ? tree.expression(1) : nil,
        trivia: trivia)
    }
    return LayerDeclaration(
      name(), parameters, results: several(1...2) { $0.type() }, block(3), trivia: trivia)
  }
}

extension Trivia {
  /// A blank line stands before every declaration.
  fileprivate mutating func separate() {
    if leading.isEmpty { followsBlank = true } else { leading[0].followsBlank = true }
  }
}
