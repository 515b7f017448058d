/// Choices that bytes make: a fuzzer's, or those of a seed. At the end of the bytes it is always the
/// first choice.
struct Choices {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  /// `count` bytes that a seed gives (SplitMix64).
  init(seed: UInt64, count: Int = 400) {
    var state = seed
    bytes = ArraySlice(
      (0..<count).map { _ in
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return UInt8(truncatingIfNeeded: z >> 24)
      })
  }

  var isAtEnd: Bool { bytes.isEmpty }

  /// A number from 0 to `count` - 1.
  mutating func below(_ count: Int) -> Int { Int(bytes.popFirst() ?? 0) % count }

  mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }

  mutating func chance(_ percent: Int) -> Bool { below(100) >= 100 - percent }
}

/// Graph files that choices make: most are right and compute what a Transformer could, some are wrong.
///
/// The ops are such as don't magnify differences of rounding, so that what a plan gives can be compared
/// with what the references give.
struct RandomSource {
  /// A value of the text with its extents.
  private struct Value {
    var name: String
    var dims: [String]
  }

  private var choices: Choices
  private var values: [Value] = []
  private var lines: [String] = []
  private var count = 0
  private var indent = "  "
  /// Inside of a loop parameters would share one name.
  private var depth = 0

  /// The text of a graph file.
  static func text(_ choices: Choices) -> String {
    var source = RandomSource(choices: choices)
    source.write()
    return source.lines.joined(separator: "\n") + "\n"
  }

  private init(choices: Choices) { self.choices = choices }

  private mutating func write() {
    let width = choices.pick(["8", "4", "16", "12", "1", "7"])
    lines = [
      "layer Block(x: f32[..., n], outputs: Int, gated: Bool = false) -> f32[..., outputs] {",
      "  param weight: f32[outputs, n]",
      "  let y = linear(x, weight)",
      "  if gated {",
      "    return y * sigmoid(y)",
      "  }",
      "  param bias: f32[outputs] = normal(deviation: 0.5)",
      "  return y + bias",
      "}", "",
      "model M {",
      "  config width = \(width), heads = \(choices.pick(["2", "1", "4", "3"]))",
      "  input x: f32[batch, tokens, width]",
      "  input ids: i32[batch, tokens]",
      "  input mask: bool[batch, tokens]",
    ]
    values = [Value(name: "x", dims: ["batch", "tokens", "width"])]
    if choices.chance(30) { add(embedded(), ["batch", "tokens", "width"]) }
    for _ in 0..<1 + choices.below(14) where !choices.isAtEnd { statement() }
    lines.append("  output last = \(values[values.count - 1].name)")
    for i in 0..<choices.below(3) { lines.append("  output also\(i) = \(pick().name)") }
    lines.append("}")
  }

  private mutating func pick() -> Value {
    choices.chance(50) ? values[values.count - 1] : choices.pick(values)
  }

  /// A value of these extents, a rank or any.
  private mutating func pick(rank: Int) -> Value {
    let fitting = values.filter { $0.dims.count == rank }
    return fitting.isEmpty || choices.chance(3) ? pick() : choices.pick(fitting)
  }

  private mutating func fresh(_ kind: String) -> String {
    count += 1
    return "\(kind)\(count)"
  }

  private mutating func add(_ expression: String, _ dims: [String]) {
    let name = fresh("v")
    lines.append("\(indent)let \(name) = \(expression)")
    values.append(Value(name: name, dims: dims))
  }

  private mutating func weight(_ dims: [String]) -> String {
    let name = fresh("w")
    let start = choices.pick([
      "", " = normal(deviation: 0.4)", " = ones", " = uniform(low: -1, high: 1)",
    ])
    lines.append("\(indent)param \(name): f32[\(dims.joined(separator: ", "))]\(start)")
    return name
  }

  private mutating func embedded() -> String {
    "embedding(\(weight(["20", "width"])), ids)"
  }

  private mutating func statement() {
    let x = pick()
    switch choices.below(17) {
    case 0: add(unary(x.name), x.dims)
    case 1: binary(x)
    case 2: linear(x)
    case 3: add(norm(x), x.dims)
    case 4: attention()
    case 5: movement(x)
    case 6: reduction(x)
    case 7: slice(x)
    case 8: concat(x)
    case 9:
      add("softmax(\(x.name)\(choices.pick(["", ", axis: 0", ", axis: -1", ", axis: 1"])))", x.dims)
    case 10: product(x)
    case 11: chosen(x)
    case 12: loop()
    case 13: layer(x)
    case 14: writtenAttention()
    case 15:
      let type = choices.pick(["f16", "bf16", "f32"])
      add("cast(cast(\(x.name), \(type)), f32)", x.dims)
    default: wrong(x)
    }
  }

  private mutating func unary(_ x: String) -> String {
    let op = choices.pick([
      "gelu", "relu", "silu", "tanh", "sigmoid", "sin", "cos", "abs", "-", "erf", "dropout",
      "l2_normalize", "exp(-abs", "sqrt(0.5 + abs", "rsqrt(1 + abs", "log(1.5 + abs",
    ])
    let open = op.count { $0 == "(" } + 1
    return op + "(" + x + String(repeating: ")", count: open)
  }

  private mutating func binary(_ x: Value) {
    let op = choices.pick(["+", "-", "*", "maximum", "minimum", "/"])
    let other: String
    switch choices.below(4) {
    case 0: other = choices.pick(["0.5", "-1.25", "2", "0.125"])
    case 1: other = weight(Array(x.dims.suffix(1)))
    default:
      let same = values.filter { $0.dims == x.dims }
      other = same.isEmpty || choices.chance(4) ? pick().name : choices.pick(same).name
    }
    switch op {
    case "maximum", "minimum": add("\(op)(\(x.name), \(other))", x.dims)
    case "/": add("\(x.name) / (1 + abs(\(other) + 0.0 * \(x.name)))", x.dims)
    case "*": add("tanh(\(x.name)) * \(other)", x.dims)
    default: add("\(x.name) \(op) \(other)", x.dims)
    }
  }

  private mutating func linear(_ x: Value) {
    guard let last = x.dims.last, last != "tokens", last != "batch" else { return binary(x) }
    let outputs = choices.pick([last, "width", "2 * width", "3", "heads * 4"])
    let dims = x.dims.dropLast() + [outputs]
    switch choices.below(4) {
    case 0: add("linear(\(x.name), \(weight([outputs, last])))", Array(dims))
    case 1:
      let w = weight([outputs, last])
      add("linear(\(x.name), \(w), \(weight([outputs])))", Array(dims))
    case 2: add("matmul(\(x.name), \(weight([last, outputs])))", Array(dims))
    default: add("matmul(\(x.name), transpose(\(weight([outputs, last]))))", Array(dims))
    }
    if choices.chance(40) { add(unary(values[values.count - 1].name), Array(dims)) }
  }

  private mutating func norm(_ x: Value) -> String {
    let epsilon = "epsilon: \(choices.pick(["0.01", "0.1", "1e-2"]))"
    let last = x.dims.last ?? "1"
    guard last != "tokens", last != "batch" else { return unary(x.name) }
    switch choices.below(3) {
    case 0: return "rms_norm(\(x.name), \(weight([last])), \(epsilon))"
    case 1:
      let scale = weight([last])
      return "layer_norm(\(x.name), \(scale), \(weight([last])), \(epsilon))"
    default: return "layer_norm(\(x.name), \(epsilon))"
    }
  }

  private mutating func attention() {
    let fitting = values.filter { $0.dims == ["batch", "tokens", "width"] }
    let (q, k, v) = (choices.pick(fitting), choices.pick(fitting), choices.pick(fitting))
    let mask = choices.chance(30) ? ", mask: mask" : ""
    let causal = choices.chance(30) ? ", causal: true" : ""
    add("attention(\(q.name), \(k.name), \(v.name)\(mask), heads: heads\(causal))", q.dims)
  }

  private mutating func writtenAttention() {
    let fitting = values.filter { $0.dims == ["batch", "tokens", "width"] }
    var parts: [String] = []
    for _ in 0..<3 {
      let x = choices.pick(fitting).name
      let w = weight(["width", "width"])
      let name = fresh("h")
      lines.append(
        "\(indent)let \(name) = transpose(reshape(linear(\(x), \(w)), [batch, tokens, heads, width / heads]), [0, 2, 1, 3])"
      )
      parts.append(name)
    }
    let scores = fresh("s")
    lines.append(
      "\(indent)let \(scores) = matmul(\(parts[0]), transpose(\(parts[1]))) / sqrt(width / heads)")
    let hidden =
      choices.chance(40)
      ? "where(reshape(mask, [batch, 1, 1, tokens]), \(scores), -1e9)" : scores
    add(
      "reshape(transpose(matmul(softmax(\(hidden)), \(parts[2])), [0, 2, 1, 3]), [batch, tokens, width])",
      ["batch", "tokens", "width"])
  }

  private mutating func movement(_ x: Value) {
    let rank = x.dims.count
    switch choices.below(3) {
    case 0 where rank >= 2:
      var order = Array(0..<rank)
      order.swapAt(choices.below(rank), choices.below(rank))
      if choices.chance(30) { order.swapAt(0, rank - 1) }
      add("transpose(\(x.name), \(order))", order.map { x.dims[$0] })
    case 1 where rank >= 2:
      let at = choices.below(rank - 1)
      let joined = "(\(x.dims[at])) * (\(x.dims[at + 1]))"
      let dims = x.dims[..<at] + [joined] + x.dims[(at + 2)...]
      add("reshape(\(x.name), [\(dims.joined(separator: ", "))])", Array(dims))
      if choices.chance(60) {
        add(
          "reshape(\(values[values.count - 1].name), [\(x.dims.joined(separator: ", "))])", x.dims)
      }
    default:
      let dims = [["1"], []][choices.below(2)] + x.dims
      add("reshape(\(x.name), [\(dims.joined(separator: ", "))])", dims)
    }
  }

  private mutating func reduction(_ x: Value) {
    let op = choices.pick(["reduce_mean", "reduce_max", "reduce_sum", "reduce_min"])
    let axis = choices.below(max(x.dims.count, 1))
    var dims = x.dims
    guard !dims.isEmpty else { return binary(x) }
    if choices.chance(60) {
      dims[axis] = "1"
      add("tanh(\(op)(\(x.name), axes: [\(axis)], keep: true))", dims)
    } else {
      dims.remove(at: axis)
      add("tanh(\(op)(\(x.name), axes: [\(axis)]))", dims)
    }
  }

  private mutating func slice(_ x: Value) {
    guard let last = x.dims.last else { return binary(x) }
    switch choices.below(4) {
    case 0: add("\(x.name)[0]", Array(x.dims.dropFirst()))
    case 1: add("\(x.name)[..., 0 ..< 1]", x.dims.dropLast() + ["1"])
    case 2: add("\(x.name)[..., -1]", Array(x.dims.dropLast()))
    default:
      add("\(x.name)[..., 1 ..< \(last)]", x.dims.dropLast() + ["(\(last)) - 1"])
    }
  }

  private mutating func concat(_ x: Value) {
    guard !x.dims.isEmpty else { return binary(x) }
    let axis = choices.below(x.dims.count)
    let same = values.filter { $0.dims == x.dims }
    var dims = x.dims
    dims[axis] = "2 * (\(dims[axis]))"
    add("concat(\(x.name), \(choices.pick(same).name), axis: \(axis))", dims)
  }

  /// Batched: of two values that the text made.
  private mutating func product(_ x: Value) {
    guard x.dims.count >= 2 else { return binary(x) }
    let other = pick(rank: x.dims.count)
    let n = x.dims.count
    if other.dims.count == n, other.dims[n - 1] == x.dims[n - 1],
      other.dims[..<(n - 2)] == x.dims[..<(n - 2)]
    {
      add(
        "tanh(matmul(\(x.name), transpose(\(other.name))))", x.dims.dropLast() + [other.dims[n - 2]]
      )
    } else {
      binary(x)
    }
  }

  private mutating func chosen(_ x: Value) {
    guard x.dims == ["batch", "tokens", "width"] else { return binary(x) }
    let other = choices.pick(values.filter { $0.dims == x.dims })
    let condition = choices.pick(["", "!"]) + "reshape(mask, [batch, tokens, 1])"
    add("where(\(condition), \(x.name), \(other.name))", x.dims)
  }

  private mutating func loop() {
    let x = pick()
    let name = fresh("u")
    lines.append("\(indent)var \(name) = \(x.name)")
    lines.append("\(indent)for i in 0 ..< \(choices.pick(["3", "0", "heads", "1"])) {")
    if let last = x.dims.last, last != "tokens", last != "batch", choices.chance(60) {
      lines.append("\(indent)  \(name) = Block(\(name), \(last), gated: i == 1) as \(name)[i]")
    } else {
      lines.append("\(indent)  \(name) = \(unary(name)) + \(x.name)")
    }
    lines.append("\(indent)}")
    values.append(Value(name: name, dims: x.dims))
  }

  private mutating func layer(_ x: Value) {
    guard let last = x.dims.last, last != "tokens", last != "batch" else { return binary(x) }
    let outputs = choices.pick([last, "width", "5"])
    add(
      "Block(\(x.name), \(outputs), gated: \(choices.pick(["true", "false"]))) as \(fresh("b"))",
      x.dims.dropLast() + [outputs])
  }

  /// What may well be an error.
  private mutating func wrong(_ x: Value) {
    guard choices.chance(25) else { return add(unary(x.name), x.dims) }
    let other = pick()
    add(
      choices.pick([
        "\(x.name) + \(other.name)", "matmul(\(x.name), \(other.name))", "\(x.name)[7]",
        "reshape(\(x.name), [tokens, batch, width])", "reshape(\(x.name), [3, -1])",
        "transpose(\(x.name), [0, 0])", "\(x.name)[..., 5 ..< 2]", "softmax(\(x.name), axis: 9)",
        "linear(\(x.name), \(other.name))", "concat(\(x.name), \(other.name), axis: 0)",
        "attention(\(x.name), \(other.name), \(x.name), heads: 5)", "embedding(\(x.name), ids)",
        "reduce_sum(\(x.name), axes: [0, 0])", "broadcast(\(x.name), [batch, 2, tokens, width])",
        "conv2d(\(x.name), \(other.name))", "top_k(\(x.name), k: 0)", "iota(width - 9)",
      ]), x.dims)
  }
}
