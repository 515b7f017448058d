import Compiler
import Tensors
import Testing

@testable import Operators

/// Linear layers whose weights are stored as 8-bit integers, on their kernels.
@Suite struct QuantizedLinearTests {
  private static let close = KernelHarness.Tolerance(relative: 4e-6, absolute: 4e-6)
  /// What gelu is computed to after a product of bytes, 2e-5, times multipliers of up to 4.
  private static let gelu = KernelHarness.Tolerance(relative: 2e-5, absolute: 8e-5)

  /// x with values around those that rows are cut by, and a row of zeros.
  private static func rows(_ count: Int, _ inputs: Int, seed: UInt64) throws -> Tensor {
    var samples = Samples(seed: seed)
    let x = try samples.tensor(.f32, [count, inputs], scale: 1)
    var floats = x.floats
    for i in 0..<inputs where count > 2 { floats[inputs + i] = 0 }
    return try Tensor(dims: [count, inputs], floats: floats)
  }

  /// `linear` with operand 1 stored as `weight`.
  private static func check(
    _ op: Linear, _ operands: [Tensor], _ weight: Int8Matrix,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    var operands = operands
    operands.insert(try Tensor(zeros: .f32, dims: weight.dims), at: 1)
    var stored: [StoredWeight?] = Array(repeating: nil, count: operands.count)
    stored[1] = .int8(weight)
    #expect(op.readsInt8(1, weight), sourceLocation: sourceLocation)
    try KernelHarness.check(
      op, operands, stored: stored, expected: try op.evaluate(operands, weight: weight),
      on: KernelHarness.int8Tables, tolerance: op.activation == .gelu ? gelu : close,
      sourceLocation: sourceLocation)
  }

  @Test(arguments: LinearTests.sizes + [(49, 33, 130), (131, 20, 260), (4, 0, 5), (0, 5, 7)])
  func `a quantized layer equals its definition`(rows: Int, inputs: Int, outputs: Int) throws {
    let x = try Self.rows(rows, inputs, seed: UInt64(rows + 100 * outputs))
    try Self.check(Linear(), [x], try `Quantized products`.matrix(outputs, inputs))
    try Self.check(
      Linear(transposed: true), [x], try `Quantized products`.matrix(inputs, outputs, .columns))
  }

  @Test(arguments: Activation.allCases)
  func `a quantized layer applies its whole epilogue`(activation: Activation) throws {
    var samples = Samples(seed: 7)
    let weight = try `Quantized products`.matrix(70, 11)
    for rows in [5, 51] {
      let x = try samples.tensor(.f32, [2, rows, 11], scale: 1)
      let bias = try samples.tensor(.f32, [70])
      let (multiplier, residual) = (
        try samples.tensor(.f32, [2, rows, 70]), try samples.tensor(.f32, [2, rows, 70])
      )
      try Self.check(
        Linear(
          bias: true, multiplier: true, residual: true, activation: activation, scale: 0.25),
        [x, bias, multiplier, residual], weight)
      try Self.check(Linear(residual: true, activation: activation), [x, residual], weight)
    }
  }

  @Test func `merged layers of both kinds give what they give alone`() throws {
    var samples = Samples(seed: 5)
    for rows in [3, 60] {
      let x = try samples.tensor(.f32, [rows, 20], scale: 1)
      let matrices = try [33, 70].map { try `Quantized products`.matrix($0, 20) }
      let dense = try [1, 64].map { try samples.tensor(.f32, [$0, 20], scale: 1) }
      let biases = try [33, 1, 70, 64].map { try samples.tensor(.f32, [$0], scale: 1) }
      let weights = [
        try Tensor(zeros: .f32, dims: [33, 20]), dense[0],
        try Tensor(zeros: .f32, dims: [70, 20]), dense[1],
      ]
      let expected = try (0..<4).map { i in
        let operands = [x, weights[i], biases[i]]
        return i % 2 == 0
          ? try Linear(bias: true).evaluate(operands, weight: matrices[i / 2])[0]
          : try Linear(bias: true).evaluate(operands)[0]
      }
      // The last weight is known only to the run.
      for known in [true, false] {
        var stored: [StoredWeight?] = Array(repeating: nil, count: 9)
        (stored[1], stored[3]) = (.int8(matrices[0]), .int8(matrices[1]))
        stored[2] = .dense(dense[0])
        if known { stored[4] = .dense(dense[1]) }
        try KernelHarness.check(
          MergedLinear(biases: true), [x] + weights + biases, stored: stored, expected: expected,
          on: KernelHarness.int8Tables, tolerance: Self.close)
      }
    }
  }

  @Test func `a weight whose scales run along its inputs isn't multiplied as bytes`() throws {
    let weight = try `Quantized products`.matrix(6, 5)
    #expect(!Linear(transposed: true).readsInt8(1, weight))
    #expect(!MergedLinear(transposed: true).readsInt8(1, weight))
    #expect(!Linear().readsInt8(0, weight))
    #expect(MergedLinear().readsInt8(2, weight))
  }

  @Test func `the tiles of a product of bytes cover it once`() {
    for rows in [0, 1, 16, 48, 49, 128, 1000] {
      for depth in [0, 1, 384, 4096] {
        for panels in [[1], [12], [12, 12, 12], [0], [48, 1], [96]] {
          let grid = GemmGrid(roundedRows: rows, depth: depth, panels: panels, panelWidth: 32)
          var covered: [Int: Int] = [:]
          for tile in 0..<(grid.isEmpty ? 0 : grid.tiles) {
            let block = grid.tiles(from: tile, before: tile + 1)
            #expect(block.rows.count <= grid.rowBlock && block.count == 1)
            for panel in block.panels {
              covered[block.segment * 1000 + panel, default: 0] += block.rows.count
            }
          }
          #expect(covered.count == (rows == 0 ? 0 : panels.reduce(0, +)))
          #expect(covered.values.allSatisfy { $0 == rows })
        }
      }
    }
    for (rows, panels) in [(128, [12]), (16, [12, 12, 12]), (16, [48]), (64, [12])] {
      let encoder = GemmGrid(roundedRows: rows, depth: 384, panels: panels, panelWidth: 32)
      #expect(encoder.tiles >= 4)
    }
    #expect(GemmGrid(roundedRows: 16, depth: 32, panels: [4], panelWidth: 32).tiles == 1)
  }
}
