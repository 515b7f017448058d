/// Writes an expression's tree as instructions.
struct PatternCompiler {
  private(set) var instructions: [Pattern.Instruction] = []
  private(set) var sets: [ScalarClass] = []

  /// More instructions than any tokenizer's expression has.
  private static let most = 20_000

  mutating func add(_ instruction: Pattern.Instruction) { instructions.append(instruction) }

  private mutating func index(_ set: ScalarClass) -> Int {
    sets.append(set)
    return sets.count - 1
  }

  mutating func compile(_ node: PatternNode) throws(PatternParser.Failure) {
    guard instructions.count < Self.most else {
      throw PatternParser.Failure(position: 0, message: "counts that multiply to too many steps")
    }
    switch node {
    case .set(let set): add(.take(index(set)))
    case .sequence(let nodes): for node in nodes { try compile(node) }
    case .choice(let nodes): try compileChoice(nodes)
    case .repeated(let node, let from, let to, let greed):
      try compileRepeated(node, from, to, greed)
    case .ahead(let node, let isNegative): try compileLook(node, isNegative, takes: false)
    case .start: add(.start)
    case .end: add(.end)
    }
  }

  private mutating func compileChoice(_ nodes: [PatternNode]) throws(PatternParser.Failure) {
    var jumps: [Int] = []
    for (i, node) in nodes.enumerated() {
      if i == nodes.count - 1 {
        try compile(node)
        break
      }
      let attempt = instructions.count
      add(.attempt(nil, other: 0))
      try compile(node)
      jumps.append(instructions.count)
      add(.jump(0))
      instructions[attempt] = .attempt(node.first.map { index($0) }, other: instructions.count)
    }
    for jump in jumps { instructions[jump] = .jump(instructions.count) }
  }

  private mutating func compileRepeated(
    _ node: PatternNode, _ from: Int, _ to: Int?, _ greed: PatternNode.Greed
  ) throws(PatternParser.Failure) {
    if case .set(let set) = node, greed != .lazy {
      return add(.span(index(set), from: from, to: to ?? .max, givesBack: greed == .greedy))
    }
    if greed == .possessive {
      return try compileLook(
        .repeated(node, from: from, to: to, .greedy), false, takes: true)
    }
    for _ in 0..<from { try compile(node) }
    if let to {
      var attempts: [Int] = []
      for _ in from..<to {
        attempts.append(instructions.count)
        add(.jump(0))
        try compile(node)
      }
      for at in attempts { instructions[at] = step(node, greed, end: instructions.count, at: at) }
      return
    }
    let start = instructions.count
    add(.jump(0))
    try compile(node)
    add(.jump(start))
    instructions[start] = step(node, greed, end: instructions.count, at: start)
  }

  /// What stands before one more turn of a repetition.
  private mutating func step(
    _ node: PatternNode, _ greed: PatternNode.Greed, end: Int, at: Int
  ) -> Pattern.Instruction {
    greed == .lazy ? .prefer(other: end) : .attempt(node.first.map { index($0) }, other: end)
  }

  private mutating func compileLook(
    _ node: PatternNode, _ isNegative: Bool, takes: Bool
  ) throws(PatternParser.Failure) {
    let start = instructions.count
    add(.accept)
    try compile(node)
    add(.accept)
    instructions[start] = .look(isNegative: isNegative, takes: takes, end: instructions.count)
  }
}
