import IR
import Tensors
import Testing

@testable import Operators

/// Ops on sequences laid end to end.
@Suite struct SegmentTests {
  private static let tolerance = KernelHarness.Tolerance(relative: 4e-6, absolute: 4e-6)

  private func offsets(_ numbers: [Int]) throws -> Tensor {
    try Tensor(.i32, dims: [numbers.count], integers: numbers)
  }

  /// Divisions of 150 tokens: one sequence, many, empty ones, ones longer than a block, a rest that
  /// belongs to none, and none at all.
  static let divisions = [
    [0, 150], [0, 1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 66, 78, 91, 105, 120, 136, 150],
    [0, 0, 70, 70, 70, 103, 140, 140], [0, 33, 65], [0, 0, 0], [0], [0, 149, 150],
  ]

  @Test(arguments: divisions)
  func `queries see the keys of their own sequence`(_ division: [Int]) throws {
    var samples = Samples(seed: 21)
    let ends = try offsets(division)
    let ops = [
      Attention(heads: 3, offsets: true), Attention(heads: 2, offsets: true, causal: true),
      Attention(heads: 4, kvHeads: 2, offsets: true, causal: true, scale: 0.3, window: 5),
    ]
    for op in ops {
      let q = try samples.tensor(.f32, [1, 150, op.heads * 9], scale: 1)
      let k = try samples.tensor(.f32, [1, 150, op.keyHeads * 9], scale: 1)
      let v = try samples.tensor(.f32, [1, 150, op.keyHeads * 17], scale: 1)
      try KernelHarness.check(op, [q, k, v, ends], tolerance: Self.tolerance)
      try KernelHarness.check(
        AttentionWeights(of: op), [q, k, ends], tolerance: Self.tolerance)
      try KernelHarness.check(
        AttentionWeights(of: op, scores: true, picked: [1]), [q, k, ends],
        tolerance: Self.tolerance)
    }
  }

  @Test(arguments: [divisions[1], divisions[2]])
  func `masks and biases hold inside of a sequence`(_ division: [Int]) throws {
    var samples = Samples(seed: 22)
    let ends = try offsets(division)
    let x = try samples.tensor(.f32, [1, 150, 8], scale: 1)
    for mask in [[1, 150], [1, 150, 150]] {
      try KernelHarness.check(
        Attention(heads: 2, mask: true, offsets: true),
        [x, x, x, try samples.tensor(.bool, mask), ends], tolerance: Self.tolerance)
    }
    for bias in [[2, 150, 150], [1, 1, 1, 150]] {
      try KernelHarness.check(
        Attention(heads: 2, mask: true, bias: true, offsets: true),
        [
          x, x, x, try samples.tensor(.bool, [1, 150]), try samples.tensor(.f32, bias, scale: 1),
          ends,
        ], tolerance: Self.tolerance)
    }
  }

  @Test func `many heads and tokens make many tiles, and a block is computed by one`() throws {
    var samples = Samples(seed: 23)
    let x = try samples.tensor(.f32, [1, 700, 4], scale: 1)
    let ends = try offsets([0, 5, 300, 301, 650, 690])
    try KernelHarness.check(
      Attention(heads: 1, offsets: true), [x, x, x, ends], tolerance: Self.tolerance)
  }

  @Test(arguments: divisions)
  func `positions restart and means are those of a sequence`(_ division: [Int]) throws {
    var samples = Samples(seed: 24)
    let ends = try offsets(division)
    try KernelHarness.check(SegmentPositions(count: 150), [ends])
    for width in [1, 7, 33] {
      let x = try samples.tensor(.f32, [150, width])
      try KernelHarness.check(SegmentMean(), [x, ends])
    }
  }

  @Test func `what is computed is what is meant`() throws {
    let ends = try offsets([0, 2, 2, 5])
    #expect(try SegmentPositions(count: 6).evaluate([ends])[0].integers == [0, 1, 0, 1, 2, 0])
    let x = try Tensor(.f32, dims: [6, 1], doubles: [2, 4, 3, 6, 9, 100])
    #expect(try SegmentMean().evaluate([x, ends])[0].doubles == [3, 0, 6])
    let values = try Tensor(.f32, dims: [1, 6, 1], doubles: [2, 4, 3, 6, 9, 100])
    let equal = try Tensor(zeros: .f32, dims: [1, 6, 1])
    let mixed = try Attention(heads: 1, offsets: true).evaluate([equal, equal, values, ends])[0]
    #expect(mixed.doubles == [3, 3, 6, 6, 6, 0])
  }

  static let wrong: [([Int], String)] = [
    ([1, 8], "offset 1 at [0] must be 0"), ([-1, 8], "offset -1 at [0] must be 0"),
    ([0, 9], "offset 9 at [1] must be from 0 to 8"),
    ([0, 5, 3, 8], "offset 3 at [2] must be from 5 to 8"),
    ([0, -2, 8], "offset -2 at [1] must be from 0 to 8"),
    ([0, Int(Int32.max), Int(Int32.min), 8], "offset 2147483647 at [1] must be from 0 to 8"),
    ([0, 100, 8], "offset 100 at [1] must be from 0 to 8"),
  ]

  @Test(arguments: wrong)
  func `a wrong offset is told with its place, and nothing is read by it`(
    _ numbers: [Int], _ text: String
  ) throws {
    let whole = text + ": offsets begin with 0, never decrease and end within the tokens"
    let ends = try offsets(numbers)
    let x = try Tensor(zeros: .f32, dims: [1, 8, 4])
    let rows = try Tensor(zeros: .f32, dims: [8, 4])
    let attention = Attention(heads: 2, offsets: true)
    for said in try KernelHarness.faults(attention, [x, x, x, ends])
      + KernelHarness.faults(AttentionWeights(of: attention), [x, x, ends])
      + KernelHarness.faults(SegmentPositions(count: 8), [ends])
      + KernelHarness.faults(SegmentMean(), [rows, ends])
    {
      #expect(said == whole)
    }
    #expect(throws: EvaluationError.self) { try SegmentPositions(count: 8).evaluate([ends]) }
    #expect(throws: EvaluationError.self) { try SegmentMean().evaluate([rows, ends]) }
    #expect(throws: EvaluationError.self) {
      try Attention(heads: 2, offsets: true).evaluate([x, x, x, ends])
    }
  }

  @Test func `what isn't packed is refused`() throws {
    let (batch, tokens) = (Dim(symbol: "batch"), Dim(symbol: "tokens"))
    func error(_ op: any Op, _ operands: TensorType...) -> OpError? {
      do {
        _ = try op.resultTypes(operands)
        return nil
      } catch {
        return error
      }
    }
    let ends = TensorType(.i32, [try Dim(symbol: "sequences").adding(1)])
    let op = Attention(heads: 2, offsets: true)
    let one = TensorType(.f32, [1, tokens, 8])
    #expect(try op.resultTypes([one, one, one, ends]) == [one])
    #expect(error(op, one, one, one) == .operandCount(expected: "4 operands", found: 3))
    let many = TensorType(.f32, [batch, tokens, 8])
    #expect(
      error(op, many, many, many, ends)
        == .shape(operand: 0, rule: "a batch of 1 beside offsets: sequences lie end to end"))
    let other = TensorType(.f32, [1, 5, 8])
    #expect(
      error(op, one, other, other, ends)
        == .extents(rule: "a key for each query beside offsets", .init(1, 1), .init(0, 1)))
    #expect(
      error(op, one, one, one, TensorType(.i64, [3])) == .dtype(operand: 3, expected: [.i32]))
    #expect(
      error(op, one, one, one, TensorType(.i32, [3, 1])) == .rank(operand: 3, expected: "1"))
    #expect(
      error(SegmentPositions(count: tokens), TensorType(.i32, [0]))
        == .shape(operand: 0, rule: "an offset more than sequences, at least 1"))
    #expect(
      try SegmentMean().resultTypes([TensorType(.f32, [tokens, 8]), ends])
        == [TensorType(.f32, [Dim(symbol: "sequences"), 8])])
    #expect(error(SegmentMean(), one, ends) == .rank(operand: 0, expected: "2"))
    #expect(
      error(SegmentMean(), TensorType(.i32, [tokens, 8]), ends)
        == .dtype(operand: 0, expected: [.f32, .f16, .bf16]))
  }
}
