import Compiler
import IR
import Tensors
import Testing

@testable import Operators

@Suite struct AttentionTests {
  private static let tolerance = KernelHarness.Tolerance(relative: 4e-6, absolute: 4e-6)

  private func check(
    _ op: Attention, queries: Int, keys: Int, size: Int, valueSize: Int? = nil, batch: Int = 2,
    extra: [Tensor] = [], samples: inout Samples
  ) throws {
    let q = try samples.tensor(.f32, [batch, queries, op.heads * size], scale: 1)
    let k = try samples.tensor(.f32, [batch, keys, op.keyHeads * size], scale: 1)
    let v = try samples.tensor(.f32, [batch, keys, op.keyHeads * (valueSize ?? size)], scale: 1)
    try KernelHarness.check(op, [q, k, v] + extra, tolerance: Self.tolerance)
    // Its weights and scores, of all heads and of some.
    for picked in [[], [op.heads - 1], Array((0..<op.heads).reversed())] {
      try KernelHarness.check(
        AttentionWeights(of: op, scores: picked.count == 1, picked: picked), [q, k] + extra,
        tolerance: Self.tolerance)
    }
  }

  @Test func `weights are what the values are mixed by`() throws {
    let q = try Tensor(.f32, dims: [1, 2, 2], doubles: [1, 0, 0, 2])
    let k = try Tensor(.f32, dims: [1, 3, 2], doubles: [0, 0, 1, 1, 0, 5])
    let mask = try Tensor(.bool, dims: [1, 3], doubles: [1, 1, 0])
    let op = Attention(heads: 2, mask: true, scale: 1)
    let scores = try AttentionWeights(of: op, scores: true).evaluate([q, k, mask])[0]
    #expect(scores.dims == [1, 2, 2, 3])
    let hidden = -Double.infinity
    #expect(scores.doubles == [0, 1, hidden, 0, 0, hidden, 0, 0, hidden, 0, 2, hidden])
    let weights = try AttentionWeights(of: op, picked: [1]).evaluate([q, k, mask])[0].doubles
    #expect(weights[0] == 0.5 && weights[1] == 0.5 && weights[2] == 0)
    #expect(abs(weights[4] - 1 / (1 + Math.exp(-2))) < 1e-7 && weights[5] == 0)
    let none = try Tensor(zeros: .bool, dims: [1, 3])
    #expect(try AttentionWeights(of: op).evaluate([q, k, none])[0].doubles.allSatisfy { $0 == 0 })
  }

  @Test func `weights of heads that aren't there are refused`() throws {
    var attributes = AttentionWeights(of: Attention(heads: 3), picked: [2, 0]).attributes
    #expect(try AttentionWeights(attributes).givenHeads == [2, 0])
    attributes["picked"] = .dims([3])
    #expect(throws: OpError.attributeRange("picked", rule: "heads from 0 to 2")) {
      try AttentionWeights(attributes)
    }
    let x = TensorType(.f32, [2, 5, 12])
    #expect(throws: OpError.operandCount(expected: "2 operands", found: 3)) {
      try AttentionWeights(of: Attention(heads: 3)).resultTypes([x, x, x])
    }
    #expect(throws: OpError.self) {
      try AttentionWeights(of: Attention(heads: 3)).resultTypes([x, TensorType(.f32, [2, 5, 9])])
    }
    #expect(throws: OpError.self) {
      try AttentionWeights(of: Attention(heads: 3)).resultTypes([x, TensorType(.f32, [1, 5, 12])])
    }
  }

  @Test(arguments: [(1, 1), (1, 9), (4, 4), (31, 33), (33, 7), (70, 140)])
  func `attention equals its reference`(queries: Int, keys: Int) throws {
    var samples = Samples(seed: UInt64(queries + keys))
    for (size, valueSize) in [(1, 1), (8, 8), (17, 5)] {
      try check(
        Attention(heads: 3), queries: queries, keys: keys, size: size, valueSize: valueSize,
        samples: &samples)
      try check(
        Attention(heads: 2, causal: true, scale: 0.3), queries: queries, keys: keys, size: size,
        valueSize: valueSize, samples: &samples)
      try check(
        Attention(heads: 2, causal: true, window: 3), queries: queries, keys: keys, size: size,
        valueSize: valueSize, samples: &samples)
    }
  }

  @Test func `scores are capped before biases are added and keys hidden`() throws {
    var samples = Samples(seed: 31)
    for queries in [1, 9, 40] {
      let (mask, bias) = (
        try samples.tensor(.bool, [2, 44]), try samples.tensor(.f32, [3, queries, 44])
      )
      try check(
        Attention(heads: 3, causal: true, window: 11, softcap: 0.5), queries: queries, keys: 44,
        size: 8, samples: &samples)
      try check(
        Attention(heads: 3, mask: true, bias: true, scale: 2, softcap: 1.5), queries: queries,
        keys: 44, size: 8, extra: [mask, bias], samples: &samples)
    }
    // Scores 0 and 4 become 0 and 2 tanh 2; a bias of ln 3 makes three of the first.
    let q = try Tensor(.f32, dims: [1, 1, 1], doubles: [4])
    let k = try Tensor(.f32, dims: [1, 2, 1], doubles: [0, 1])
    let bias = try Tensor(.f32, dims: [1, 1, 2], doubles: [Math.log(3), 0])
    let found = try Attention(heads: 1, bias: true, scale: 1, softcap: 2)
      .evaluate([q, k, k, bias])[0].doubles[0]
    let power = Math.exp(2 * Math.tanh(2))
    #expect(abs(found - power / (3 + power)) < 1e-6)
    for wrong in [-1, .infinity] {
      var attributes = Attention(heads: 1).attributes
      attributes["softcap"] = .double(wrong)
      #expect(throws: OpError.self) { try Attention(attributes) }
    }
  }

  @Test func `heads share keys in groups`() throws {
    var samples = Samples(seed: 2)
    try check(
      Attention(heads: 6, kvHeads: 2, causal: true), queries: 9, keys: 11, size: 4,
      samples: &samples)
    try check(
      Attention(heads: 4, kvHeads: 1), queries: 5, keys: 3, size: 4, valueSize: 6,
      samples: &samples)
  }

  @Test func `masks hide keys, and a query that sees none gives zeros`() throws {
    var samples = Samples(seed: 4)
    let op = Attention(heads: 2, mask: true)
    let wide = try samples.tensor(.bool, [2, 10])
    try check(op, queries: 6, keys: 10, size: 4, extra: [wide], samples: &samples)
    let each = try samples.tensor(.bool, [2, 6, 10])
    try check(op, queries: 6, keys: 10, size: 4, extra: [each], samples: &samples)
    let none = try Tensor(zeros: .bool, dims: [2, 10])
    try check(op, queries: 6, keys: 10, size: 4, extra: [none], samples: &samples)
    let q = try samples.tensor(.f32, [2, 6, 8])
    let kv = try samples.tensor(.f32, [2, 10, 8])
    #expect(try op.evaluate([q, kv, kv, none])[0].doubles.allSatisfy { $0 == 0 })
  }

  @Test(arguments: [
    [3, 6, 10], [1, 6, 10], [3, 1, 10], [2, 3, 6, 10], [1, 3, 6, 10], [2, 1, 1, 10], [2, 3, 1, 10],
  ])
  func `biases stretch over batch, heads and queries`(dims: [Int]) throws {
    var samples = Samples(seed: 6)
    let bias = try samples.tensor(.f32, dims)
    try check(
      Attention(heads: 3, bias: true), queries: 6, keys: 10, size: 4, extra: [bias],
      samples: &samples)
    let mask = try samples.tensor(.bool, [2, 10])
    try check(
      Attention(heads: 3, mask: true, bias: true, causal: true, scale: 1), queries: 6, keys: 10,
      size: 4, extra: [mask, bias], samples: &samples)
  }

  /// The same kernel where the machine has no products in bf16; where it has, theirs, which are near.
  @Test(arguments: [(1, 9), (4, 4), (31, 33), (150, 140)])
  func `products may be rounded to bf16`(queries: Int, keys: Int) throws {
    var samples = Samples(seed: UInt64(queries))
    let mask = try samples.tensor(.bool, [2, keys])
    let rounded = Attention(heads: 3, kvHeads: 1, mask: true, products: .bf16)
    let q = try samples.tensor(.f32, [2, queries, 24], scale: 1)
    let kv = try samples.tensor(.f32, [2, keys, 8], scale: 1)
    let operands = [q, kv, kv, mask]
    let stored = [StoredWeight?](repeating: nil, count: 4)
    let expected = try rounded.evaluate(operands)
    let near = KernelHarness.Tolerance(relative: 0.02, absolute: 0.02)
    try KernelHarness.check(
      rounded, operands, stored: stored, expected: expected, on: KernelHarness.bf16Tables,
      tolerance: near)
    let plain = KernelHarness.tables.map { KernelTable(functions: $0.functions, bf16: false) }
    try KernelHarness.check(
      rounded, operands, stored: stored, expected: expected, on: plain, tolerance: Self.tolerance)
    // Nobody asked for it, and the instruction is there.
    try KernelHarness.check(
      Attention(heads: 3, kvHeads: 1, mask: true), operands, stored: stored, expected: expected,
      on: KernelHarness.bf16Tables, tolerance: Self.tolerance)
  }

  @Test func `products are f32 or bf16`() throws {
    var attributes = Attention(heads: 3, products: .bf16).attributes
    #expect(try Attention(attributes).products == .bf16)
    attributes["products"] = .string("f16")
    #expect(throws: OpError.self) { try Attention(attributes) }
  }

  @Test func `causal queries are the last tokens`() throws {
    let q = try Tensor(.f32, dims: [1, 1, 1], doubles: [0])
    let k = try Tensor(.f32, dims: [1, 3, 1], doubles: [0, 0, 0])
    let v = try Tensor(.f32, dims: [1, 3, 1], doubles: [3, 6, 9])
    #expect(try Attention(heads: 1, causal: true).evaluate([q, k, v])[0].doubles == [6])
    #expect(
      try Attention(heads: 1, causal: true, window: 2).evaluate([q, k, v])[0].doubles == [7.5])
  }
}
