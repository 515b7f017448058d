import Compiler
import Passes
import Testing

@Suite struct RecognizeAttentionTests {
  private static let passes: [any Pass] = [
    Canonicalize(), MergeEqualNodes(), AbsorbTranspose(), RecognizeAttention(), Canonicalize(),
  ]

  /// Heads cut out of rows q, k and v, and put side by side again afterwards.
  private func multihead(_ scores: String, inputs: String = "") -> String {
    """
    %q = input "q" : f32[batch, queries, 8]
    %k = input "k" : f32[batch, keys, 8]
    %v = input "v" : f32[batch, keys, 8]
    \(inputs)
    %q4 = reshape(%q) {shape = [batch, queries, 2, 4]}
    %qh = transpose(%q4) {permutation = [0, 2, 1, 3]}
    %k4 = reshape(%k) {shape = [batch, keys, 2, 4]}
    %kh = transpose(%k4) {permutation = [0, 2, 1, 3]}
    %v4 = reshape(%v) {shape = [batch, keys, 2, 4]}
    %vh = transpose(%v4) {permutation = [0, 2, 1, 3]}
    %kt = transpose(%kh)
    %raw = matmul(%qh, %kt)
    \(scores)
    %p = softmax(%s)
    %m = matmul(%p, %vh)
    %mt = transpose(%m) {permutation = [0, 2, 1, 3]}
    %y = reshape(%mt) {shape = [batch, queries, 8]}
    output "y" = %y
    """
  }

  private func rows(_ rest: String, inputs: String = "") -> String {
    """
    %q = input "q" : f32[batch, queries, 8]
    %k = input "k" : f32[batch, keys, 8]
    %v = input "v" : f32[batch, keys, 8]
    \(inputs)
    \(rest)
    output "y" = %y
    """
  }

  @Test func `the movements of heads cancel`() throws {
    try PassHarness.expect(
      Self.passes, multihead("%c = constant [2.0] : f32\n%s = div(%raw, %c)"),
      gives: rows("%y = attention(%q, %k, %v) {heads = 2, scale = 0.5}"))
  }

  @Test func `masks by where become masks`() throws {
    try PassHarness.expect(
      Self.passes,
      multihead(
        """
        %w = reshape(%mask) {shape = [batch, 1, 1, keys]}
        %big = constant [-1e9] : f32
        %s = where(%w, %raw, %big)
        """, inputs: "%mask = input \"mask\" : bool[batch, keys]"),
      gives: rows(
        "%y = attention(%q, %k, %v, %mask) {mask = true, heads = 2, scale = 1.0}",
        inputs: "%mask = input \"mask\" : bool[batch, keys]"))
    try PassHarness.expect(
      Self.passes,
      multihead(
        """
        %n = logical_not(%mask)
        %w = reshape(%n) {shape = [batch, 1, queries, keys]}
        %big = constant [-inf] : f32
        %s = where(%w, %big, %raw)
        """, inputs: "%mask = input \"mask\" : bool[batch, queries, keys]"),
      gives: rows(
        """
        %y = attention(%q, %k, %v, %mask) {mask = true, heads = 2, scale = 1.0}
        """, inputs: "%mask = input \"mask\" : bool[batch, queries, keys]"))
  }

  @Test func `additive masks and biases are told apart`() throws {
    try PassHarness.expect(
      Self.passes,
      multihead(
        """
        %f = cast(%mask) {dtype = f32}
        %one = constant [1.0] : f32
        %h = sub(%one, %f)
        %big = constant [-10000.0] : f32
        %t = mul(%h, %big)
        %a = add(%raw, %bias)
        %s = add(%a, %t)
        """,
        inputs: """
          %mask = input "mask" : bool[batch, 1, 1, keys]
          %bias = input "bias" : f32[2, queries, keys]
          """),
      gives: rows(
        """
        %m = reshape(%mask) {shape = [batch, keys]}
        %b = reshape(%bias) {shape = [1, 2, queries, keys]}
        %y = attention(%q, %k, %v, %m, %b) {mask = true, bias = true, heads = 2, scale = 1.0}
        """,
        inputs: """
          %mask = input "mask" : bool[batch, 1, 1, keys]
          %bias = input "bias" : f32[2, queries, keys]
          """))
  }

  @Test(arguments: [
    "%c = less_equal(%kp, %qp)\n%s = where(%c, %raw, %big)",
    "%c = greater_equal(%qp, %kp)\n%s = where(%c, %raw, %big)",
    "%c = greater(%kp, %qp)\n%s = where(%c, %big, %raw)",
    "%c = less(%qp, %kp)\n%zero = constant [0.0] : f32\n"
      + "%t = where(%c, %big, %zero)\n%s = add(%t, %raw)",
  ])
  func `compared positions are causal`(scores: String) throws {
    func square(_ text: String) -> String {
      text.replacing("queries", with: "tokens").replacing("keys", with: "tokens")
    }
    let positions = """
      %i = iota() {count = tokens}
      %qp = reshape(%i) {shape = [tokens, 1]}
      %kp = reshape(%i) {shape = [1, tokens]}
      %big = constant [-1e9] : f32
      """
    try PassHarness.expect(
      Self.passes, square(multihead(positions + "\n" + scores)),
      gives: square(
        rows("%y = attention(%q, %k, %v) {heads = 2, causal = true, scale = 1.0}")))
  }

  @Test func `a constant triangle and a mask are causal and a mask`() throws {
    func few(_ text: String) -> String {
      text.replacing("queries", with: "2").replacing("keys", with: "3")
    }
    let mask = "%mask = input \"mask\" : bool[batch, 1, 1, keys]"
    try PassHarness.expect(
      Self.passes,
      few(
        multihead(
          """
          %c = constant [true, true, false, true, true, true] : bool[2, 3]
          %both = logical_and(%c, %mask)
          %big = constant [-1e9] : f32
          %s = where(%both, %raw, %big)
          """, inputs: mask)),
      gives: few(
        rows(
          """
          %r = reshape(%mask) {shape = [batch, keys]}
          %y = attention(%q, %k, %v, %r) {mask = true, heads = 2, causal = true, scale = 1.0}
          """, inputs: mask)))
    try PassHarness.expect(
      Self.passes,
      few(
        multihead(
          """
          %c = constant [0.0, 0.0, -inf, 0.0, 0.0, 0.0] : f32[1, 1, 2, 3]
          %s = add(%raw, %c)
          """)),
      gives: few(rows("%y = attention(%q, %k, %v) {heads = 2, causal = true, scale = 1.0}")))
  }

  @Test func `one head, one sequence, and keys that all heads share`() throws {
    try PassHarness.expect(
      Self.passes,
      """
      %q = input "q" : f32[batch, queries, 8]
      %k = input "k" : f32[batch, 8, keys]
      %v = input "v" : f32[batch, keys, 5]
      %s = matmul(%q, %k)
      %p = softmax(%s)
      %y = matmul(%p, %v)
      output "y" = %y
      """,
      gives: """
        %q = input "q" : f32[batch, queries, 8]
        %k = input "k" : f32[batch, 8, keys]
        %v = input "v" : f32[batch, keys, 5]
        %kt = transpose(%k)
        %y = attention(%q, %kt, %v) {heads = 1, scale = 1.0}
        output "y" = %y
        """)
    try PassHarness.expect(
      Self.passes,
      """
      %q = input "q" : f32[queries, 8]
      %k = input "k" : f32[keys, 8]
      %v = input "v" : f32[keys, 5]
      %s = matmul(%q, %k) {transpose_b = true}
      %p = softmax(%s)
      %y = matmul(%p, %v)
      output "y" = %y
      """,
      gives: """
        %q = input "q" : f32[queries, 8]
        %k = input "k" : f32[keys, 8]
        %v = input "v" : f32[keys, 5]
        %q3 = reshape(%q) {shape = [1, queries, 8]}
        %k3 = reshape(%k) {shape = [1, keys, 8]}
        %v3 = reshape(%v) {shape = [1, keys, 5]}
        %y3 = attention(%q3, %k3, %v3) {heads = 1, scale = 1.0}
        %y = reshape(%y3) {shape = [queries, 5]}
        output "y" = %y
        """)
    try PassHarness.expect(
      [RecognizeAttention(), Canonicalize()],
      """
      %q = input "q" : f32[batch, 3, queries, 8]
      %k = input "k" : f32[batch, 1, keys, 8]
      %v = input "v" : f32[batch, 1, keys, 8]
      %s = matmul(%q, %k) {transpose_b = true}
      %p = softmax(%s) {axis = 3}
      %y = matmul(%p, %v)
      output "y" = %y
      """,
      gives: """
        %q = input "q" : f32[batch, 3, queries, 8]
        %k = input "k" : f32[batch, 1, keys, 8]
        %v = input "v" : f32[batch, 1, keys, 8]
        %qt = transpose(%q) {permutation = [0, 2, 1, 3]}
        %qr = reshape(%qt) {shape = [batch, queries, 24]}
        %kt = transpose(%k) {permutation = [0, 2, 1, 3]}
        %kr = reshape(%kt) {shape = [batch, keys, 8]}
        %vt = transpose(%v) {permutation = [0, 2, 1, 3]}
        %vr = reshape(%vt) {shape = [batch, keys, 8]}
        %a = attention(%qr, %kr, %vr) {heads = 3, kv_heads = 1, scale = 1.0}
        %ar = reshape(%a) {shape = [batch, queries, 3, 8]}
        %y = transpose(%ar) {permutation = [0, 2, 1, 3]}
        output "y" = %y
        """)
  }

  @Test(arguments: [
    ("%s = exp(%raw)", "exp stands between the scores and the softmax"),
    (
      "%c = constant [2.0] : f32\n%a = add(%raw, %bias)\n%s = mul(%a, %c)",
      "the scores are scaled after a term is added"
    ),
    ("%s = mul(%raw, %bias)", "the scores are multiplied by more than a number"),
    (
      "%c = constant [-3.0] : f32\n%s = where(%each, %raw, %c)",
      "what the mask hides isn't a number of -10000.0 or less"
    ),
    (
      "%c = constant [-1e9] : f32\n%s = where(%each, %raw, %c)",
      "each head has a mask of its own"
    ),
  ])
  func `what nearly matches says why not`(scores: String, reason: String) throws {
    let inputs = """
      %bias = input "bias" : f32[2, queries, keys]
      %each = input "each" : bool[batch, 2, queries, keys]
      """
    let text = multihead(scores, inputs: inputs)
    try PassHarness.refuses(
      [RecognizeAttention()], text, missed: ["attention not recognized: " + reason])
  }

  @Test func `probabilities that are an output stay`() throws {
    try PassHarness.refuses(
      [RecognizeAttention()], multihead("%s = neg(%raw)") + "\noutput \"p\" = %p",
      missed: ["attention not recognized: the probabilities are used elsewhere, too"])
  }
}
