import IR
import Operators
import Tensors

/// Numbers from a seed.
struct TestRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }
}

/// Random graphs of what Transformers are made of, written in the many ways that people write it.
struct RandomModel {
  private var random: TestRandom
  private var builder = GraphBuilder(name: "random")
  private let batch = Dim(symbol: "batch")
  private let tokens = Dim(symbol: "tokens")
  private let width = 8
  private let heads = 2
  /// Values of type f32[batch, tokens, width].
  private var rows: [ValueID] = []
  private var ids: ValueID?
  private var mask: ValueID?
  private var weights = 0

  /// The graph of `seed` with about `size` pieces.
  static func graph(seed: UInt64, size: Int = 12) throws -> Graph {
    var model = RandomModel(random: TestRandom(seed: seed))
    return try model.build(size)
  }

  private init(random: TestRandom) { self.random = random }

  private mutating func build(_ size: Int) throws -> Graph {
    rows = [builder.input("x", TensorType(.f32, [batch, tokens, Dim(width)]))]
    ids = builder.input("ids", TensorType(.i32, [batch, tokens]))
    mask = builder.input("mask", TensorType(.bool, [batch, tokens]))
    if chance() { rows.append(try embeddings()) }
    for _ in 0..<size { rows.append(try piece()) }
    builder.output("last", rows[rows.count - 1])
    for i in 0..<Int.random(in: 0...2, using: &random) { builder.output("also \(i)", pick()) }
    return builder.graph()
  }

  private mutating func chance() -> Bool { Bool.random(using: &random) }

  /// A recent value: chains grow, and some values get several users.
  private mutating func pick() -> ValueID {
    chance() ? rows[rows.count - 1] : rows.randomElement(using: &random) ?? rows[0]
  }

  private mutating func weight(_ dims: Int...) -> ValueID {
    weights += 1
    return builder.parameter(Parameter("w\(weights)"), TensorType(.f32, Shape(dims)))
  }

  private mutating func number(_ value: Double) throws -> ValueID {
    builder.constant(try Tensor(.f32, dims: chance() ? [] : [1], doubles: [value]))
  }

  private mutating func add(_ op: any Op, _ operands: ValueID...) throws -> ValueID {
    try builder.add(op, operands)[0]
  }

  private mutating func piece() throws -> ValueID {
    let x = pick()
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return try activation(of: try projection(of: x, to: width))
    case 1: return try add(Add(), x, pick())
    case 2: return try add(Mul(), try activation(of: x), try projection(of: x, to: width))
    case 3: return try norm(of: chance() ? try add(Add(), x, pick()) : x)
    case 4: return try scaled(x)
    case 5: return try attention(of: x)
    case 6: return try detour(of: x)
    case 7: return try splitting(x)
    case 8: return try add(Softmax(axis: chance() ? -1 : 1), x)
    default: return try activation(of: x)
    }
  }

  /// x · W (+ b), in one of its spellings.
  private mutating func projection(of x: ValueID, to outputs: Int) throws -> ValueID {
    let y: ValueID
    switch Int.random(in: 0..<4, using: &random) {
    case 0: y = try add(MatMul(), x, weight(width, outputs))
    case 1: y = try add(MatMul(), x, try add(Transpose(), weight(outputs, width)))
    case 2: y = try add(Linear(), x, try add(Transpose([1, 0]), weight(width, outputs)))
    default:
      if chance() {
        return try add(Linear(bias: true), x, weight(outputs, width), weight(outputs))
      }
      y = try add(Linear(), x, weight(outputs, width))
    }
    if chance() { return y }
    return try chance() ? add(Add(), y, weight(outputs)) : add(Add(), weight(outputs), y)
  }

  private mutating func activation(of x: ValueID) throws -> ValueID {
    let ops: [any Op] = [Relu(), Gelu(), Silu(), Tanh(), Sigmoid(), Sin(), Abs()]
    return try add(ops.randomElement(using: &random) ?? Relu(), x)
  }

  private mutating func norm(of x: ValueID) throws -> ValueID {
    try chance()
      ? add(LayerNorm(epsilon: 1e-3), x, weight(width), weight(width))
      : add(RMSNorm(epsilon: 1e-3), x, weight(width))
  }

  private mutating func scaled(_ x: ValueID) throws -> ValueID {
    let half = try add(Sqrt(), try number(0.25))
    return try chance() ? add(Mul(), half, x) : add(Div(), x, try number(2))
  }

  /// Movements that change nothing in the end.
  private mutating func detour(of x: ValueID) throws -> ValueID {
    let turned = try add(Transpose([2, 0, 1]), x)
    let back = try add(Transpose([1, 2, 0]), turned)
    let flat = try add(
      Reshape(to: Shape([try batch.multiplied(by: tokens), Dim(width)])), back)
    return try add(Reshape(to: Shape([batch, tokens, Dim(width)])), flat)
  }

  /// One projection cut into three.
  private mutating func splitting(_ x: ValueID) throws -> ValueID {
    let whole = try projection(of: x, to: 3 * width)
    let parts = try (0..<3).map { i in
      try add(
        Slice(axis: chance() ? -1 : 2, start: Dim(i * width), end: Dim((i + 1) * width)), whole)
    }
    return try add(Attention(heads: heads, causal: chance()), parts[0], parts[1], parts[2])
  }

  private mutating func embeddings() throws -> ValueID {
    guard let ids else { return rows[0] }
    var sum = try add(Embedding(), weight(20, width), ids)
    let places = weight(16, width)
    let place =
      try chance()
      ? add(Slice(axis: 0, start: 0, end: tokens), places)
      : add(Embedding(), places, try add(Iota(count: tokens)))
    sum = try chance() ? add(Add(), sum, place) : add(Add(), place, sum)
    if chance() { sum = try add(Add(), sum, weight(width)) }
    return try norm(of: sum)
  }

  /// [batch, heads, tokens, size]
  private mutating func split(_ x: ValueID) throws -> ValueID {
    let cut = try add(
      Reshape(to: Shape([batch, tokens, Dim(heads), Dim(width / heads)])), x)
    return try add(Transpose([0, 2, 1, 3]), cut)
  }

  private mutating func attention(of x: ValueID) throws -> ValueID {
    let (q, k, v) = (
      try split(try projection(of: x, to: width)), try split(try projection(of: x, to: width)),
      try split(try projection(of: x, to: width))
    )
    var scores =
      try chance()
      ? add(MatMul(), q, try add(Transpose(), k)) : add(MatMul(transposesB: true), q, k)
    if chance() { scores = try add(Div(), scores, try number(2)) }
    if chance() {
      scores = try add(Add(), scores, try projectionBias())
    }
    if chance(), let mask {
      let wide = try add(Reshape(to: Shape([batch, 1, 1, tokens])), mask)
      scores = try hide(scores, where: wide)
    }
    if chance() {
      let positions = try add(Iota(count: tokens))
      let query = try add(Reshape(to: Shape([tokens, 1])), positions)
      let key = try add(Reshape(to: Shape([1, tokens])), positions)
      scores = try hide(scores, where: try add(LessEqual(), key, query))
    }
    let mixed = try add(MatMul(), try add(Softmax(), scores), v)
    let rows = try add(Transpose([0, 2, 1, 3]), mixed)
    return try add(Reshape(to: Shape([batch, tokens, Dim(width)])), rows)
  }

  /// A term for each head.
  private mutating func projectionBias() throws -> ValueID { weight(heads, 1, 1) }

  private mutating func hide(_ scores: ValueID, where shown: ValueID) throws -> ValueID {
    let hidden = try number(-1e9)
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return try add(Where(), shown, scores, hidden)
    case 1: return try add(Where(), try add(LogicalNot(), shown), hidden, scores)
    default:
      let left = try add(Sub(), try number(1), try add(Cast(to: .f32), shown))
      return try add(Add(), scores, try add(Mul(), left, hidden))
    }
  }
}
