import Passes
import Testing

@Suite struct CleanupPassTests {
  @Test func `canonicalize takes the simplest form`() throws {
    try PassHarness.expect(
      [Canonicalize()],
      """
      %x = input "x" : f32[batch, 6]
      %one = constant [1.0] : f32
      %a = mul(%x, %one)
      %b = reshape(%a) {shape = [batch, 2, 3]}
      %c = reshape(%b) {shape = [2*batch, 3]}
      %d = transpose(%c)
      %e = transpose(%d)
      output "y" = %e
      """,
      gives: """
        %x = input "x" : f32[batch, 6]
        %c = reshape(%x) {shape = [2*batch, 3]}
        output "y" = %c
        """)
    try PassHarness.refuses(
      [Canonicalize()],
      """
      %x = input "x" : f32[2, 3]
      %y = transpose(%x)
      output "y" = %y
      """, missed: [])
  }

  @Test func `fold-constants computes what hangs on constants alone`() throws {
    try PassHarness.expect(
      [FoldConstants()],
      """
      %x = input "x" : f32[2]
      %four = constant [4.0] : f32
      %two = sqrt(%four)
      %sum = add(%two, %four)
      %y = mul(%x, %sum)
      output "y" = %y
      """,
      gives: """
        %x = input "x" : f32[2]
        %sum = constant [6.0] : f32
        %y = mul(%x, %sum)
        output "y" = %y
        """)
    try PassHarness.refuses(
      [FoldConstants()],
      """
      %w = parameter "w" = constant(2.0) : f32[2]
      %wide = iota() {count = 1000000, dtype = f32}
      %some = iota() {count = tokens}
      %x = input "x" : i32[tokens]
      %a = exp(%w)
      %b = add(%x, %some)
      output "a" = %a
      output "b" = %b
      output "wide" = %wide
      """,
      missed: ["iota not folded: its result takes 4000000 bytes, over 1048576"])
    try PassHarness.refuses(
      [FoldConstants()],
      """
      %table = constant [1.0, 2.0] : f32[2, 1]
      %i = constant [2] : i32[1]
      %y = embedding(%table, %i)
      output "y" = %y
      """, missed: ["embedding not folded: index 2 is outside a table of 2 rows"])
  }

  @Test func `merge-equal-nodes computes equal things once`() throws {
    try PassHarness.expect(
      [MergeEqualNodes()],
      """
      %x = input "x" : f32[2, 3]
      %c = constant [0.5] : f32
      %d = constant [0.5] : f32
      %a = mul(%x, %c)
      %b = mul(%x, %d)
      %ea = exp(%a)
      %eb = exp(%b)
      %y = add(%ea, %eb)
      output "y" = %y
      """,
      gives: """
        %x = input "x" : f32[2, 3]
        %c = constant [0.5] : f32
        %a = mul(%x, %c)
        %ea = exp(%a)
        %y = add(%ea, %ea)
        output "y" = %y
        """)
    try PassHarness.refuses(
      [MergeEqualNodes()],
      """
      %x = input "x" : f32[2, 3]
      %y = input "y" : f32[2, 3]
      %a = softmax(%x) {axis = 0}
      %b = softmax(%x) {axis = 1}
      %c = sub(%x, %y)
      %d = sub(%y, %x)
      output "a" = %a
      output "b" = %b
      output "c" = %c
      output "d" = %d
      """, missed: [])
  }

  @Test func `absorb-transpose reads operands as they lie`() throws {
    try PassHarness.expect(
      [AbsorbTranspose()],
      """
      %x = input "x" : f32[3, 5, 4]
      %y = input "y" : f32[3, 6, 5]
      %w = parameter "w" = constant(0.0) : f32[5, 7]
      %xt = transpose(%x)
      %yt = transpose(%y) {permutation = [0, 2, 1]}
      %p = matmul(%xt, %yt)
      %wt = transpose(%w)
      %l = linear(%y, %wt)
      output "p" = %p
      output "l" = %l
      """,
      gives: """
        %x = input "x" : f32[3, 5, 4]
        %y = input "y" : f32[3, 6, 5]
        %w = parameter "w" = constant(0.0) : f32[5, 7]
        %p = matmul(%x, %y) {transpose_a = true, transpose_b = true}
        %l = linear(%y, %w) {transposed = true}
        output "p" = %p
        output "l" = %l
        """)
    try PassHarness.refuses(
      [AbsorbTranspose()],
      """
      %x = input "x" : f32[3, 4, 5]
      %y = input "y" : f32[4, 6, 3]
      %yt = transpose(%y) {permutation = [2, 0, 1]}
      %p = matmul(%yt, %x) {transpose_a = true}
      output "p" = %p
      """, missed: [])
  }

  @Test func `form-linear gives products with weights one form`() throws {
    try PassHarness.expect(
      [AbsorbTranspose(), FormLinear()],
      """
      %x = input "x" : f32[batch, 4]
      %w = parameter "w" = constant(0.0) : f32[4, 7]
      %v = parameter "v" = constant(0.0) : f32[5, 7]
      %a = matmul(%x, %w)
      %vt = transpose(%v)
      %b = matmul(%a, %vt)
      output "b" = %b
      """,
      gives: """
        %x = input "x" : f32[batch, 4]
        %w = parameter "w" = constant(0.0) : f32[4, 7]
        %v = parameter "v" = constant(0.0) : f32[5, 7]
        %a = linear(%x, %w) {transposed = true}
        %b = linear(%a, %v)
        output "b" = %b
        """)
    try PassHarness.refuses(
      [FormLinear()],
      """
      %x = input "x" : f32[4, batch]
      %y = input "y" : f32[4, 3]
      %w = parameter "w" = constant(0.0) : f32[4, 7]
      %a = matmul(%x, %w) {transpose_a = true}
      %b = matmul(%x, %y) {transpose_a = true}
      output "a" = %a
      output "b" = %b
      """, missed: ["matmul is no linear layer: x is read with swapped axes"])
  }

  @Test func `widen-storage computes in f32 what is stored in 16 bits`() throws {
    try PassHarness.expect(
      [WidenStorage()],
      """
      %x = input "x" : f16[batch, 4]
      %w = parameter "w" = constant(0.0) : f16[7, 4]
      %a = linear(%x, %w)
      %b = gelu(%a)
      output "b" = %b
      """,
      gives: """
        %x = input "x" : f16[batch, 4]
        %w = parameter "w" = constant(0.0) : f16[7, 4]
        %wide = cast(%x) {dtype = f32}
        %l = linear(%wide, %w)
        %a = cast(%l) {dtype = f16}
        %b = gelu(%a)
        output "b" = %b
        """)
    try PassHarness.refuses(
      [WidenStorage()],
      """
      %x = input "x" : f32[batch, 4]
      %w = parameter "w" = constant(0.0) : bf16[7, 4]
      %a = linear(%x, %w)
      output "a" = %a
      """, missed: [])
  }
}
