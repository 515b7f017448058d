import Compiler
import Testing

/// A model in which a pass nearly does something.
struct NearMissCase: Sendable, CustomTestStringConvertible {
  let pass: String
  let predicate: NearMiss.Predicate
  /// A part of what is said.
  let message: String
  /// A part of what to change.
  let hint: String
  /// The statements of the model; `// <-` marks the line where the predicate fails.
  let near: String
  /// The statements after the change that the hint speaks of; nil where there is nothing to change.
  var changed: String?

  var testDescription: String { "\(pass), \(predicate.rawValue): \(message)" }

  static let all = products + embeddings + projections + elementwise + constants + attentions

  private static let products: [NearMissCase] = [
    NearMissCase(
      pass: "absorb-transpose", predicate: .adjacent,
      message: "mul stands between the transposition and the matrix product",
      hint: "transpose after 'mul' (m.weft:4)",
      near: """
        input q: f32[batch, n, 8]
        input k: f32[batch, m, 8]
        let scaled = transpose(k) * 2.0  // <-
        output y = matmul(q, scaled)
        """,
      changed: """
        input q: f32[batch, n, 8]
        input k: f32[batch, m, 8]
        output y = matmul(q, transpose(k * 2.0))
        """),
    NearMissCase(
      pass: "form-linear", predicate: .operandOrder, message: "its weight w stands first",
      hint: "write matmul(x, weight) with x as rows (m.weft:4)",
      near: """
        input x: f32[8, n]
        param w: f32[4, 8]
        output y = matmul(w, x)  // <-
        """,
      changed: """
        input x: f32[n, 8]
        param w: f32[8, 4]
        output y = matmul(x, w)
        """),
    NearMissCase(
      pass: "form-linear", predicate: .rank, message: "its weight w has 3 axes",
      hint: "declare it as f32[8, 4]",
      near: """
        input x: f32[batch, n, 8]
        param w: f32[1, 8, 4]  // <-
        output y = matmul(x, w)
        """,
      changed: """
        input x: f32[batch, n, 8]
        param w: f32[8, 4]
        output y = matmul(x, w)
        """),
    NearMissCase(
      pass: "form-linear", predicate: .axis, message: "x is read with swapped axes",
      hint: "write x as [rows, inputs]",
      near: """
        input x: f32[8, n]
        param w: f32[8, 4]
        output y = matmul(transpose(x), w)  // <-
        """,
      changed: """
        input x: f32[n, 8]
        param w: f32[8, 4]
        output y = matmul(x, w)
        """),
    NearMissCase(
      pass: "fuse-linear", predicate: .soleUse, message: "bias not fused: h has 2 uses",
      hint: "let the others read what 'add' gives (m.weft:6)",
      near: """
        input x: f32[batch, 8]
        param w: f32[4, 8]
        param b: f32[4]
        let h = linear(x, w)  // <-
        output y = h + b
        output z = softmax(h)
        """,
      changed: """
        input x: f32[batch, 8]
        param w: f32[4, 8]
        param b: f32[4]
        let h = linear(x, w) + b
        output y = h
        output z = softmax(h)
        """),
    NearMissCase(
      pass: "fuse-linear", predicate: .freeEpilogue,
      message: "bias not fused: the product has another epilogue already",
      hint: "the product does gelu already",
      near: """
        input x: f32[batch, 8]
        param w: f32[4, 8]
        param b: f32[4]
        output y = gelu(linear(x, w)) + b  // <-
        """,
      changed: """
        input x: f32[batch, 8]
        param w: f32[4, 8]
        param b: f32[4]
        output y = gelu(linear(x, w) + b)
        """),
    NearMissCase(
      pass: "fuse-linear", predicate: .number,
      message: "factor not fused: gamma of type f32[4] is no number",
      hint: "multiply the weight's rows and the bias by it instead",
      near: """
        input x: f32[batch, 8]
        param w: f32[4, 8]
        param b: f32[4]
        param gamma: f32[4]
        output y = linear(x, w, b) * gamma  // <-
        """),
    NearMissCase(
      pass: "fuse-linear", predicate: .rank, message: "b of type f32[1, 4] has 2 axes",
      hint: "declare it as f32[4]",
      near: """
        input x: f32[batch, 8]
        param w: f32[4, 8]
        param b: f32[1, 4]  // <-
        output y = linear(x, w) + b
        """,
      changed: """
        input x: f32[batch, 8]
        param w: f32[4, 8]
        param b: f32[4]
        output y = linear(x, w) + b
        """),
    NearMissCase(
      pass: "fuse-linear", predicate: .sameShape,
      message: "residual not fused: r of type f32[n, 4] is stretched to f32[batch, n, 4]",
      hint: "only what has its own shape",
      near: """
        input x: f32[batch, n, 8]
        input r: f32[n, 4]
        param w: f32[4, 8]
        output y = linear(x, w) + r  // <-
        """,
      changed: """
        input x: f32[batch, n, 8]
        input r: f32[batch, n, 4]
        param w: f32[4, 8]
        output y = linear(x, w) + r
        """),
    NearMissCase(
      pass: "fuse-linear", predicate: .adjacent, message: "gelu not fused: reshape stands between",
      hint: "move 'gelu' (m.weft:5) before the reshape (m.weft:4)",
      near: """
        input x: f32[batch, n, 8]
        param w: f32[4, 8]
        let rows = reshape(linear(x, w), [batch, 2, 2 * n])  // <-
        output y = gelu(rows)
        """,
      changed: """
        input x: f32[batch, n, 8]
        param w: f32[4, 8]
        output y = reshape(gelu(linear(x, w)), [batch, 2, 2 * n])
        """),
    NearMissCase(
      pass: "fuse-linear", predicate: .knownOp,
      message: "activation not fused: it is written out with sigmoid, mul",
      hint: "write silu(x) (m.weft:5)",
      near: """
        input x: f32[batch, 8]
        param w: f32[4, 8]
        let h = linear(x, w)
        output y = h * sigmoid(h)  // <-
        """,
      changed: """
        input x: f32[batch, 8]
        param w: f32[4, 8]
        output y = silu(linear(x, w))
        """),
    NearMissCase(
      pass: "fuse-linear", predicate: .knownOp, message: "written out with div, erf, add, mul",
      hint: "write gelu(x) (m.weft:5)",
      near: """
        input x: f32[batch, 8]
        param w: f32[4, 8]
        let h = linear(x, w)
        output y = h * (1.0 + erf(h / 1.4142135)) * 0.5  // <-
        """,
      changed: """
        input x: f32[batch, 8]
        param w: f32[4, 8]
        output y = gelu(linear(x, w))
        """),
    NearMissCase(
      pass: "fuse-norm", predicate: .sameShape, message: "x and r have different shapes",
      hint: "f32[8] is stretched to f32[batch, 8] (m.weft:4)",
      near: """
        input x: f32[batch, 8]
        input r: f32[8]
        let sum = x + r  // <-
        output y = layer_norm(sum)
        """,
      changed: """
        input x: f32[batch, 8]
        input r: f32[batch, 8]
        output y = layer_norm(x + r)
        """),
    NearMissCase(
      pass: "fuse-norm", predicate: .adjacent,
      message: "reshape stands between the sum and the norm",
      hint: "normalize (m.weft:5) before the reshape (m.weft:4)",
      near: """
        input x: f32[batch, n, 8]
        input r: f32[batch, n, 8]
        let rows = reshape(x + r, [batch * n, 8])  // <-
        output y = rms_norm(rows)
        """,
      changed: """
        input x: f32[batch, n, 8]
        input r: f32[batch, n, 8]
        output y = reshape(rms_norm(x + r), [batch * n, 8])
        """),
  ]

  private static let embeddings: [NearMissCase] = [
    NearMissCase(
      pass: "fuse-embedding", predicate: .soleUse, message: "their sum is used elsewhere, too",
      hint: "nothing to change where the others need the sum",
      near: """
        input ids: i32[batch, tokens]
        param words: f32[50, 8]
        param places: f32[16, 8]
        let sum = embedding(words, ids) + places[0 ..< tokens]  // <-
        output y = layer_norm(sum)
        output z = softmax(sum)
        """,
      changed: """
        input ids: i32[batch, tokens]
        param words: f32[50, 8]
        param places: f32[16, 8]
        output y = layer_norm(embedding(words, ids) + places[0 ..< tokens])
        """),
    NearMissCase(
      pass: "fuse-embedding", predicate: .soleUse, message: "rows is used elsewhere, too",
      hint: "look the rows up again",
      near: """
        input ids: i32[batch, tokens]
        param words: f32[50, 8]
        param places: f32[16, 8]
        let rows = embedding(words, ids)  // <-
        output y = layer_norm(rows + places[0 ..< tokens])
        output z = rows
        """),
    NearMissCase(
      pass: "fuse-embedding", predicate: .adjacent,
      message: "mul stands between a lookup and the sum",
      hint: "let 'mul' change the table, not the rows (m.weft:5)",
      near: """
        input ids: i32[batch, tokens]
        param words: f32[50, 8]
        param places: f32[16, 8]
        let rows = embedding(words, ids) * 2.0  // <-
        output y = layer_norm(rows + places[0 ..< tokens])
        """,
      changed: """
        input ids: i32[batch, tokens]
        param words: f32[50, 8]
        param places: f32[16, 8]
        output y = layer_norm(embedding(words * 2.0, ids) + places[0 ..< tokens])
        """),
    NearMissCase(
      pass: "fuse-embedding", predicate: .sameShape, message: "is stretched inside",
      hint: "a row for each token, for each position, or one for all",
      near: """
        input ids: i32[4, tokens]
        param words: f32[50, 8]
        param kinds: f32[4, 1, 8]  // <-
        output y = layer_norm(embedding(words, ids) + kinds)
        """,
      changed: """
        input ids: i32[4, tokens]
        param words: f32[50, 8]
        param kinds: f32[4, 8]
        let own = reshape(iota(4), [4, 1]) + ids * 0
        output y = layer_norm(embedding(words, ids) + embedding(kinds, own))
        """),
    NearMissCase(
      pass: "fuse-embedding", predicate: .limit, message: "addends",
      hint: "add tables that one index reads before the lookup",
      near: """
        input ids: i32[batch, tokens]
        param words: f32[50, 8]
        param a: f32[8]
        param b: f32[8]
        param c: f32[8]
        param d: f32[8]
        output y = layer_norm(embedding(words, ids) + a + b + c + d)  // <-
        """,
      changed: """
        input ids: i32[batch, tokens]
        param words: f32[50, 8]
        param a: f32[8]
        param b: f32[8]
        param c: f32[8]
        param d: f32[8]
        output y = layer_norm(embedding(words + (a + b + c), ids) + d)
        """),
  ]

  private static let projections: [NearMissCase] = [
    NearMissCase(
      pass: "split-projection", predicate: .soleUse, message: "both is used as a whole, too",
      hint: "let the other uses read the parts",
      near: """
        input x: f32[batch, 8]
        param w: f32[8, 8]
        let both = linear(x, w)  // <-
        output a = both[..., 0 ..< 4]
        output b = both[..., 4 ..< 8]
        output c = softmax(both)
        """,
      changed: """
        input x: f32[batch, 8]
        param w: f32[8, 8]
        let both = linear(x, w)
        output a = both[..., 0 ..< 4]
        output b = both[..., 4 ..< 8]
        """),
    NearMissCase(
      pass: "split-projection", predicate: .adjacent,
      message: "reshape stands between the matrix product and its parts",
      hint: "cut the columns before 'reshape' (m.weft:4)",
      near: """
        input x: f32[batch, tokens, 8]
        param w: f32[8, 8]
        let parts = reshape(linear(x, w), [batch, tokens, 2, 4])  // <-
        output a = parts[..., 0, :]
        output b = parts[..., 1, :]
        """,
      changed: """
        input x: f32[batch, tokens, 8]
        param w: f32[8, 8]
        let both = linear(x, w)
        output a = both[..., 0 ..< 4]
        output b = both[..., 4 ..< 8]
        """),
    NearMissCase(
      pass: "merge-projections", predicate: .sameAttributes,
      message: "it has no bias, they have one", hint: "give it a bias of zeros (m.weft:5)",
      near: """
        input x: f32[batch, 8]
        param w: f32[8, 8]
        param b: f32[8]
        output q = linear(x, w, b)
        param u: f32[8, 8]
        output k = linear(x, u)  // <-
        """,
      changed: """
        input x: f32[batch, 8]
        param w: f32[8, 8]
        param b: f32[8]
        output q = linear(x, w, b)
        param u: f32[8, 8]
        param c: f32[8] = zeros
        output k = linear(x, u, c)
        """),
    NearMissCase(
      pass: "merge-projections", predicate: .sameAttributes,
      message: "its weight lies the other way round", hint: "declare the weight as the others are",
      near: """
        input x: f32[batch, 8]
        param w: f32[8, 8]
        param u: f32[8, 8]
        output q = linear(x, w)
        output k = matmul(x, u)  // <-
        """,
      changed: """
        input x: f32[batch, 8]
        param w: f32[8, 8]
        param u: f32[8, 8]
        output q = linear(x, w)
        output k = linear(x, u)
        """),
    NearMissCase(
      pass: "merge-projections", predicate: .freeEpilogue,
      message: "something happens to the product", hint: "nothing to change where relu",
      near: """
        input x: f32[batch, 8]
        param w: f32[8, 8]
        param u: f32[8, 8]
        output q = linear(x, w)
        output k = relu(linear(x, u))  // <-
        """),
    NearMissCase(
      pass: "merge-projections", predicate: .knownBeforeRun,
      message: "its weight isn't known before the run",
      hint: "make the weight of parameters and constants alone",
      near: """
        input x: f32[batch, 8]
        input u: f32[8, 8]
        param w: f32[8, 8]
        output q = linear(x, w)
        output k = linear(x, u)  // <-
        """,
      changed: """
        input x: f32[batch, 8]
        param u: f32[8, 8]
        param w: f32[8, 8]
        output q = linear(x, w)
        output k = linear(x, u)
        """),
  ]
}
