import Passes
import Testing

@Suite struct FusionPassTests {
  @Test func `round-products takes the attentions that are named`() throws {
    let before = """
      %q = input "q" : f32[2, 3, 8]
      %a = attention(%q, %q, %q) {heads = 2}
      %b = attention(%a, %q, %q) {heads = 4}
      output "y" = %b
      """
    let graph = try PassHarness.graph(before)
    #expect(graph.nodes.compactMap(RoundProducts.name) == ["products", "products"])
    try PassHarness.expect(
      [RoundProducts(["products"])], before,
      gives: """
        %q = input "q" : f32[2, 3, 8]
        %a = attention(%q, %q, %q) {heads = 2, products = "bf16"}
        %b = attention(%a, %q, %q) {heads = 4, products = "bf16"}
        output "y" = %b
        """)
    try PassHarness.refuses([RoundProducts(["encoder.products"])], before, missed: [])
  }

  @Test func `fuse-linear takes bias, activation, gate and residual`() throws {
    try PassHarness.expect(
      [FuseLinear()],
      """
      %x = input "x" : f32[batch, 4]
      %w = parameter "w" = constant(0.0) : f32[7, 4]
      %b = parameter "b" = constant(0.0) : f32[7]
      %v = parameter "v" = constant(0.0) : f32[4, 7]
      %g = parameter "g" = constant(0.0) : f32[7, 4]
      %p = linear(%x, %w)
      %pb = add(%b, %p)
      %gate = silu(%pb)
      %up = linear(%x, %g)
      %h = mul(%gate, %up)
      %d = linear(%h, %v)
      %y = add(%x, %d)
      output "y" = %y
      """,
      gives: """
        %x = input "x" : f32[batch, 4]
        %w = parameter "w" = constant(0.0) : f32[7, 4]
        %b = parameter "b" = constant(0.0) : f32[7]
        %v = parameter "v" = constant(0.0) : f32[4, 7]
        %g = parameter "g" = constant(0.0) : f32[7, 4]
        %gate = linear(%x, %w, %b) {bias = true, activation = "silu"}
        %h = linear(%x, %g, %gate) {multiplier = true}
        %y = linear(%h, %v, %x) {residual = true}
        output "y" = %y
        """)
  }

  @Test func `fuse-linear takes factors before and after the product`() throws {
    try PassHarness.expect(
      [FuseLinear()],
      """
      %x = input "x" : f32[batch, 4]
      %w = parameter "w" = constant(0.0) : f32[7, 4]
      %b = parameter "b" = constant(0.0) : f32[7]
      %half = constant [0.5] : f32
      %four = constant [4.0] : f32[1]
      %s = mul(%half, %x)
      %p = linear(%s, %w)
      %q = div(%p, %four)
      %y = add(%q, %b)
      %o = linear(%s, %w, %b) {bias = true}
      output "y" = %y
      output "o" = %o
      """,
      gives: """
        %x = input "x" : f32[batch, 4]
        %w = parameter "w" = constant(0.0) : f32[7, 4]
        %b = parameter "b" = constant(0.0) : f32[7]
        %y = linear(%x, %w, %b) {bias = true, scale = 0.125}
        %o = linear(%x, %w, %b) {bias = true, scale = 0.5}
        output "y" = %y
        output "o" = %o
        """)
  }

  @Test func `fuse-linear says what it couldn't take`() throws {
    try PassHarness.refuses(
      [FuseLinear()],
      """
      %x = input "x" : f32[batch, 4]
      %w = parameter "w" = constant(0.0) : f32[7, 4]
      %b = parameter "b" = constant(0.0) : f32[7]
      %h = linear(%x, %w)
      %y = add(%h, %b)
      output "y" = %y
      output "h" = %h
      """, missed: ["bias not fused: the result of linear has 2 uses"])
    try PassHarness.refuses(
      [FuseLinear()],
      """
      %x = input "x" : f32[batch, 4]
      %r = input "r" : f32[batch, 7]
      %w = parameter "w" = constant(0.0) : f32[7, 4]
      %h = linear(%x, %w, %r) {residual = true}
      %y = gelu(%h)
      %k = linear(%x, %w) {activation = "relu"}
      %two = constant [2.0] : f32
      %z = mul(%k, %two)
      output "y" = %y
      output "z" = %z
      """,
      missed: [
        "gelu not fused: the product has another epilogue already",
        "factor not fused: it comes after another epilogue",
      ])
  }

  @Test func `merge-projections computes query, key and value together`() throws {
    try PassHarness.expect(
      [MergeProjections()],
      """
      %x = input "x" : f32[batch, tokens, 8]
      %wq = parameter "wq" = constant(0.0) : f32[8, 8]
      %wk = parameter "wk" = constant(0.0) : f32[4, 8]
      %wv = parameter "wv" = constant(0.0) : f32[4, 8]
      %q = linear(%x, %wq)
      %k = linear(%x, %wk)
      %v = linear(%x, %wv)
      %y = attention(%q, %k, %v) {heads = 4, kv_heads = 2}
      output "y" = %y
      """,
      gives: """
        %x = input "x" : f32[batch, tokens, 8]
        %wq = parameter "wq" = constant(0.0) : f32[8, 8]
        %wk = parameter "wk" = constant(0.0) : f32[4, 8]
        %wv = parameter "wv" = constant(0.0) : f32[4, 8]
        %q, %k, %v = merged_linear(%x, %wq, %wk, %wv)
        %y = attention(%q, %k, %v) {heads = 4, kv_heads = 2}
        output "y" = %y
        """)
    try PassHarness.refuses(
      [MergeProjections()],
      """
      %x = input "x" : f32[batch, 8]
      %w = input "w" : f32[8, 8]
      %u = parameter "u" = constant(0.0) : f32[8, 8]
      %v = parameter "v" = constant(0.0) : f32[8, 8]
      %a = linear(%x, %u)
      %b = linear(%x, %v) {activation = "silu"}
      %c = linear(%x, %w)
      %d = linear(%a, %v)
      output "a" = %a
      output "b" = %b
      output "c" = %c
      output "d" = %d
      """,
      missed: [
        "not merged with the other layers of x: something happens to the product",
        "not merged with the other layers of x: its weight isn't known before the run",
      ])
  }

  @Test func `split-projection gives the parts at once`() throws {
    try PassHarness.expect(
      [SplitProjection()],
      """
      %x = input "x" : f32[batch, tokens, 8]
      %w = parameter "w" = constant(0.0) : f32[8, 12]
      %b = parameter "b" = constant(0.0) : f32[12]
      %p = linear(%x, %w) {transposed = true}
      %h = add(%p, %b)
      %q = slice(%h) {axis = -1, start = 0, end = 8}
      %k = slice(%h) {axis = -1, start = 8, end = 12}
      output "q" = %q
      output "k" = %k
      """,
      gives: """
        %x = input "x" : f32[batch, tokens, 8]
        %w = parameter "w" = constant(0.0) : f32[8, 12]
        %b = parameter "b" = constant(0.0) : f32[12]
        %w0 = slice(%w) {axis = 1, start = 0, end = 8}
        %b0 = slice(%b) {axis = 0, start = 0, end = 8}
        %w1 = slice(%w) {axis = 1, start = 8, end = 12}
        %b1 = slice(%b) {axis = 0, start = 8, end = 12}
        %q, %k = merged_linear(%x, %w0, %w1, %b0, %b1) {biases = true, transposed = true}
        output "q" = %q
        output "k" = %k
        """)
    try PassHarness.refuses(
      [SplitProjection()],
      """
      %x = input "x" : f32[batch, tokens, 8]
      %w = parameter "w" = constant(0.0) : f32[12, 8]
      %p = linear(%x, %w)
      %q = slice(%p) {axis = 2, start = 0, end = 8}
      %k = slice(%p) {axis = 2, start = 8, end = 12}
      output "q" = %q
      output "k" = %k
      output "p" = %p
      """, missed: ["projection not split: the result of linear is used as a whole, too"])
  }

  @Test func `fuse-norm adds the residual in the norm`() throws {
    try PassHarness.expect(
      [FuseNorm()],
      """
      %x = input "x" : f32[batch, 4]
      %r = input "r" : f32[batch, 4]
      %w = parameter "w" = constant(1.0) : f32[4]
      %b = parameter "b" = constant(0.0) : f32[4]
      %s = add(%x, %r)
      %n = layer_norm(%s, %w, %b) {weight = true, bias = true, epsilon = 1e-12}
      %t = add(%n, %r)
      %m = rms_norm(%t, %w) {weight = true}
      %y = add(%m, %t)
      output "y" = %y
      """,
      gives: """
        %x = input "x" : f32[batch, 4]
        %r = input "r" : f32[batch, 4]
        %w = parameter "w" = constant(1.0) : f32[4]
        %b = parameter "b" = constant(0.0) : f32[4]
        %n = layer_norm(%x, %w, %b, %r) {weight = true, bias = true, residual = true, epsilon = 1e-12}
        %m, %t = rms_norm(%n, %w, %r) {weight = true, residual = true, keeps_sum = true}
        %y = add(%m, %t)
        output "y" = %y
        """)
    try PassHarness.refuses(
      [FuseNorm()],
      """
      %x = input "x" : f32[batch, 4]
      %r = input "r" : f32[4]
      %s = add(%x, %r)
      %n = layer_norm(%s)
      output "n" = %n
      """, missed: ["residual norm not fused: x and r have different shapes"])
  }

  @Test func `fuse-embedding looks up, adds and normalizes at once`() throws {
    try PassHarness.expect(
      [FuseEmbedding()],
      """
      %ids = input "ids" : i32[batch, tokens]
      %words = parameter "words" = constant(0.0) : f32[100, 8]
      %kinds = parameter "kinds" = constant(0.0) : f32[2, 8]
      %places = parameter "places" = constant(0.0) : f32[50, 8]
      %w = parameter "w" = constant(1.0) : f32[8]
      %a = embedding(%words, %ids)
      %k = slice(%kinds) {axis = 0, start = 0, end = 1}
      %b = add(%a, %k)
      %i = iota() {count = tokens}
      %p = embedding(%places, %i)
      %c = add(%b, %p)
      %d = slice(%places) {axis = 0, start = 0, end = tokens}
      %s = add(%d, %c)
      %y = layer_norm(%s, %w) {weight = true}
      output "y" = %y
      """,
      gives: """
        %ids = input "ids" : i32[batch, tokens]
        %words = parameter "words" = constant(0.0) : f32[100, 8]
        %kinds = parameter "kinds" = constant(0.0) : f32[2, 8]
        %places = parameter "places" = constant(0.0) : f32[50, 8]
        %w = parameter "w" = constant(1.0) : f32[8]
        %k = slice(%kinds) {axis = 0, start = 0, end = 1}
        %y = embedding_norm(%places, %words, %ids, %k, %places, %w) {weight = true, sources = "positions,indices,rows,positions"}
        output "y" = %y
        """)
  }

  @Test func `fuse-embedding says what it couldn't fuse`() throws {
    try PassHarness.refuses(
      [FuseEmbedding()],
      """
      %ids = input "ids" : i32[batch, tokens]
      %shift = input "shift" : f32[batch, 1, 8]
      %words = parameter "words" = constant(0.0) : f32[100, 8]
      %a = embedding(%words, %ids)
      %s = add(%a, %shift)
      %y = layer_norm(%s)
      output "y" = %y
      """,
      missed: ["embeddings not fused: shift of type f32[batch, 1, 8] is stretched inside"])
    try PassHarness.refuses(
      [FuseEmbedding()],
      """
      %ids = input "ids" : i32[batch, tokens]
      %words = parameter "words" = constant(0.0) : f32[100, 8]
      %a = embedding(%words, %ids)
      %b = exp(%a)
      %s = add(%b, %b)
      %y = layer_norm(%s)
      %t = add(%a, %b)
      %z = layer_norm(%t)
      output "y" = %y
      output "z" = %z
      """, missed: [])
  }

  @Test func `fuse-elementwise makes one of a chain`() throws {
    try PassHarness.expect(
      [FuseElementwise()],
      """
      %x = input "x" : f32[batch, 8]
      %y = input "y" : f32[8]
      %a = mul(%x, %y)
      %b = add(%a, %x)
      %c = tanh(%b)
      output "c" = %c
      """,
      gives: """
        %x = input "x" : f32[batch, 8]
        %y = input "y" : f32[8]
        %c = elementwise(%x, %y) {program = "t0 = mul(a0, a1); t1 = add(t0, a0); tanh(t1)"}
        output "c" = %c
        """)
    try PassHarness.refuses(
      [FuseElementwise()],
      """
      %x = input "x" : f32[batch, 8]
      %y = input "y" : f32[8]
      %a = exp(%y)
      %b = add(%x, %a)
      %s = softmax(%b)
      %c = mul(%b, %s)
      output "c" = %c
      """,
      missed: [
        // That softmax reads the sum, too, is no near miss: it stands in memory for it.
        "exp not fused into add: its result is stretched from f32[8], "
          + "and would be computed again for every copy"
      ])
  }
}
