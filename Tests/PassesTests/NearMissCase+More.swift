import Compiler

extension NearMissCase {
  static let elementwise: [NearMissCase] = [
    NearMissCase(
      pass: "fuse-elementwise", predicate: .soleUse,
      message: "exp not fused into add: h has 2 uses",
      hint: "without the output it would never stand in memory",
      near: """
        input x: f32[batch, 8]
        let h = exp(x)  // <-
        output y = h + 1.0
        output z = h
        """,
      changed: """
        input x: f32[batch, 8]
        output y = exp(x) + 1.0
        """),
    NearMissCase(
      pass: "fuse-elementwise", predicate: .sameShape,
      message: "its result is stretched from f32[8]",
      hint: "nothing to change: f32[8] is small beside f32[batch, 8]",
      near: """
        input x: f32[batch, 8]
        input r: f32[8]
        let h = exp(r)  // <-
        output y = x + h
        """),
    NearMissCase(
      pass: "fuse-elementwise", predicate: .adjacent,
      message: "exp not fused into add: reshape stands between them",
      hint: "reshape before 'exp' (m.weft:3), not after it (m.weft:4)",
      near: """
        input x: f32[batch, 2, 4]
        let h = exp(x)
        let rows = reshape(h, [batch, 8])  // <-
        output y = rows + 1.0
        """,
      changed: """
        input x: f32[batch, 2, 4]
        output y = exp(reshape(x, [batch, 8])) + 1.0
        """),
    NearMissCase(
      pass: "fuse-elementwise", predicate: .limit, message: "the program would grow too long",
      hint: "a chain has at most 16 ops",
      near: """
        input x: f32[batch, 8]
        var y = sin(x)  // <-
        y = cos(y)
        for i in 0 ..< 8 {
          y = cos(sin(y))
        }
        output z = y
        """),
    NearMissCase(
      pass: "widen-storage", predicate: .elementType,
      message: "rms_norm and softmax don't pass f32 on: the value between them is f16",
      hint: "cast to f32 once, before 'rms_norm' (m.weft:3)",
      near: """
        input x: f16[batch, 8]
        let h = rms_norm(x)  // <-
        output y = softmax(h)
        """),
  ]

  static let constants: [NearMissCase] = [
    NearMissCase(
      pass: "merge-equal-nodes", predicate: .operandOrder,
      message: "add computed twice: its operands stand in another order the second time",
      hint: "write the operands in the order of the first (m.weft:4)",
      near: """
        input x: f32[batch, 8]
        input z: f32[batch, 8]
        output a = softmax(x + z)
        output b = l2_normalize(z + x)  // <-
        """,
      changed: """
        input x: f32[batch, 8]
        input z: f32[batch, 8]
        output a = softmax(x + z)
        output b = l2_normalize(x + z)
        """),
    NearMissCase(
      pass: "fold-constants", predicate: .limit, message: "iota not folded: its result takes",
      hint: "nothing to change",
      near: """
        input x: f32[batch, 1000000]
        output y = x + cast(iota(1000000), f32)  // <-
        """),
    NearMissCase(
      pass: "fold-constants", predicate: .defined,
      message: "embedding not folded: index 4 is outside a table of 4 rows",
      hint: "every run will fail here",
      near: """
        input x: f32[batch, 5, 1]
        let table = reshape(cast(iota(4), f32), [4, 1])
        output y = x + embedding(table, iota(5))  // <-
        """),
  ]

  /// An attention over one head, with what stands between its parts.
  private static func attention(
    _ scores: String, _ mixed: String = "matmul(softmax(scores), v)", inputs: String = "",
    outputs: String = ""
  ) -> String {
    """
    input q: f32[batch, n, 8]
    input k: f32[batch, m, 8]
    input v: f32[batch, m, 8]
    \(inputs)
    let product = matmul(q, transpose(k))
    \(scores)
    output y = \(mixed)
    \(outputs)
    """
  }

  /// The same without anything that stands in the way.
  private static let plain = attention("let scores = product / sqrt(8)")

  private static func attentionMiss(
    _ predicate: NearMiss.Predicate, _ message: String, _ hint: String, _ near: String
  ) -> NearMissCase {
    NearMissCase(
      pass: "recognize-attention", predicate: predicate,
      message: "attention not recognized: " + message, hint: hint, near: near, changed: plain)
  }

  static let attentions: [NearMissCase] = [
    attentionMiss(
      .adjacent, "tanh stands between the scores and the softmax",
      "without 'tanh' (m.weft:7) it is an attention",
      attention("let scores = tanh(product)  // <-")),
    attentionMiss(
      .adjacent, "mul stands between the softmax and the product with the values",
      "apply 'mul' (m.weft:8)",
      attention(
        "let scores = product",
        "matmul(softmax(scores) * keep, v)  // <-", inputs: "input keep: f32[batch, n, m]")),
    attentionMiss(
      .soleUse, "the probabilities are used elsewhere, too", "drop the other uses",
      attention(
        "let scores = product\nlet p = softmax(scores)  // <-", "matmul(p, v)",
        outputs: "output probabilities = p")),
    attentionMiss(
      .soleUse, "the scores shown are used elsewhere, too", "drop the other uses",
      attention(
        "let shown = product * 0.5  // <-\nlet scores = shown", outputs: "output seen = shown")),
    attentionMiss(
      .knownOp, "the softmax is written out with exp and reduce_sum", "write softmax(scores)",
      attention(
        "let e = exp(product)\nlet p = e / reduce_sum(e, [-1], keep: true)  // <-", "matmul(p, v)")),
    attentionMiss(
      .operandOrder, "the probabilities stand second in the product",
      "write matmul(softmax(scores), v) (m.weft:8)",
      attention(
        "let p = softmax(product)", "matmul(vt, transpose(p))  // <-",
        inputs: "input vt: f32[batch, 8, m]")),
    attentionMiss(
      .operandOrder, "the scores are scaled after a term is added",
      "scale the scores before the term is added (m.weft:7)",
      attention(
        "let biased = product + bias  // <-\nlet scores = biased * 0.5",
        inputs: "input bias: f32[n, m]")),
    attentionMiss(
      .number, "the scores are multiplied by more than a number", "scale by a number here",
      attention("let scores = product * each  // <-", inputs: "input each: f32[n, m]")),
    attentionMiss(
      .number, "the scores are divided by more than a number", "scale by a number here",
      attention("let scores = product / each  // <-", inputs: "input each: f32[n, m]")),
    attentionMiss(
      .number, "what the mask hides isn't a number of -10000.0 or less",
      "write where(mask, scores, -1e9) (m.weft:7)",
      attention(
        "let scores = where(mask, product, -3.0)  // <-", inputs: "input mask: bool[batch, n, m]")),
    attentionMiss(
      .number, "the scores are multiplied by a negative number", "negate the queries instead",
      attention(
        "let masked = where(mask, product, -1e9)  // <-\nlet scores = masked * -0.5",
        inputs: "input mask: bool[batch, n, m]")),
    attentionMiss(
      .axis, "the softmax is over another axis than the keys",
      "take the softmax over the last axis (m.weft:7)",
      attention("let p = softmax(product, axis: 1)  // <-", "matmul(p, v)")),
    NearMissCase(
      pass: "recognize-attention", predicate: .adjacent,
      message: "the axes of the queries are moved for nothing: mul stands between",
      hint: "apply 'mul' (m.weft:8) before the heads are cut, or a factor to the scores",
      near: multihead("let scaled = qh * 0.5  // <-", "matmul(scaled, transpose(kh))"),
      changed: multihead("let scaled = 0.5", "matmul(qh, transpose(kh)) * scaled")),
  ]

  /// An attention over two heads.
  private static func multihead(_ scaled: String, _ scores: String) -> String {
    """
    input q: f32[batch, n, 8]
    input k: f32[batch, m, 8]
    input v: f32[batch, m, 8]
    let qh = transpose(reshape(q, [batch, n, 2, 4]), [0, 2, 1, 3])
    let kh = transpose(reshape(k, [batch, m, 2, 4]), [0, 2, 1, 3])
    let vh = transpose(reshape(v, [batch, m, 2, 4]), [0, 2, 1, 3])
    \(scaled)
    let mixed = matmul(softmax(\(scores)), vh)
    output y = reshape(transpose(mixed, [0, 2, 1, 3]), [batch, n, 8])
    """
  }
}
