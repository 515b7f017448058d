import Compiler
import Tensors
import Testing

@testable import Operators

/// Linear layers whose weights are stored in blocks, on their kernels.
@Suite struct BlockLinearTests {
  private static let close = KernelHarness.Tolerance(relative: 1e-5, absolute: 2e-5)

  /// `op` with operand 1 stored as `weight`.
  private static func check(
    _ op: Linear, _ operands: [Tensor], _ weight: BlockMatrix,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    var operands = operands
    operands.insert(try Tensor(zeros: .f32, dims: weight.dims), at: 1)
    var stored: [StoredWeight?] = Array(repeating: nil, count: operands.count)
    stored[1] = .blocks(weight)
    #expect(op.readsBlocks(1, weight), sourceLocation: sourceLocation)
    try KernelHarness.check(
      op, operands, stored: stored, expected: try op.evaluate(operands, weight: weight),
      on: KernelHarness.blockTables, tolerance: close, sourceLocation: sourceLocation)
  }

  @Test(arguments: BlockFormat.allCases)
  func `a layer of any format equals its definition`(format: BlockFormat) throws {
    var samples = Samples(seed: 3)
    for (rows, blocks, outputs) in [(1, 2, 400), (5, 1, 33), (40, 2, 130), (3, 0, 7), (0, 1, 5)] {
      let inputs = blocks * format.elementsPerBlock
      let x = try samples.tensor(.f32, [rows, inputs], scale: 1)
      try Self.check(Linear(), [x], try Blocks.random(format, outputs, inputs))
    }
  }

  @Test(arguments: Activation.allCases)
  func `a layer in blocks applies its whole epilogue`(activation: Activation) throws {
    var samples = Samples(seed: 7)
    let weight = try Blocks.random(.q4_0, 70, 64)
    for rows in [1, 5, 51] {
      let x = try samples.tensor(.f32, [2, rows, 64], scale: 1)
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

  @Test func `merged layers of several kinds give what they give alone`() throws {
    var samples = Samples(seed: 5)
    for rows in [1, 60] {
      let x = try samples.tensor(.f32, [rows, 256], scale: 1)
      let matrices = try [BlockFormat.q4_k, .q6_k, .q4_k].enumerated().map {
        try Blocks.random($1, 33 + 20 * $0, 256)
      }
      let dense = try samples.tensor(.f32, [9, 256], scale: 0.1)
      let biases = try [33, 53, 73, 9].map { try samples.tensor(.f32, [$0], scale: 1) }
      let weights = try matrices.map { try Tensor(zeros: .f32, dims: $0.dims) } + [dense]
      var expected = try matrices.enumerated().map { i, matrix in
        try Linear(bias: true).evaluate([x, weights[i], biases[i]], weight: matrix)[0]
      }
      expected.append(try Linear(bias: true).evaluate([x, dense, biases[3]])[0])
      var stored: [StoredWeight?] = [nil] + matrices.map { .blocks($0) }
      stored.append(.dense(dense))
      stored += biases.map { _ in nil }
      try KernelHarness.check(
        MergedLinear(biases: true), [x] + weights + biases, stored: stored, expected: expected,
        on: KernelHarness.blockTables, tolerance: Self.close)
    }
  }

  @Test func `a matrix product with a transposed weight in blocks equals a layer`() throws {
    var samples = Samples(seed: 9)
    let x = try samples.tensor(.f32, [2, 3, 64], scale: 1)
    let weight = try Blocks.random(.q8_0, 50, 64)
    let operands = [x, try Tensor(zeros: .f32, dims: [50, 64])]
    #expect(MatMul(transposesB: true).readsBlocks(1, weight))
    try KernelHarness.check(
      MatMul(transposesB: true), operands, stored: [nil, .blocks(weight)],
      expected: try Linear().evaluate(operands, weight: weight), on: KernelHarness.blockTables,
      tolerance: Self.close)
  }

  @Test func `rounded weights and rows are near to the reals`() throws {
    var samples = Samples(seed: 2)
    let x = try samples.tensor(.f32, [4, 512], scale: 1)
    let weight = try samples.tensor(.f32, [64, 512], scale: 1)
    let exact = try Linear().evaluate([x, weight])[0].doubles
    let size = exact.map { $0 * $0 }.reduce(0, +)
    for (format, most) in [(BlockFormat.q8_0, 0.008), (.q4_0, 0.12)] {
      let matrix = try Blocks.rounding(weight, to: format)
      let y = try Linear().evaluate([x, weight], weight: matrix)[0].doubles
      let error = zip(y, exact).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
      #expect((error / size).squareRoot() < most, "\(format)")
      #expect((error / size).squareRoot() > most / 10, "\(format)")
    }
  }

  @Test func `weights that lie the other way aren't read in blocks`() throws {
    let weight = try Blocks.random(.q4_0, 64, 64)
    #expect(!Linear(transposed: true).readsBlocks(1, weight))
    #expect(!Linear().readsBlocks(0, weight))
    #expect(!MergedLinear(transposed: true).readsBlocks(1, weight))
    #expect(MergedLinear().readsBlocks(2, weight))
    #expect(!MatMul().readsBlocks(1, weight))
    #expect(!MatMul(transposesA: true, transposesB: true).readsBlocks(1, weight))
  }

  @Test(arguments: BlockFormat.allCases)
  func `an embedding reads rows of blocks`(format: BlockFormat) throws {
    let table = try Blocks.random(format, 7, 2 * format.elementsPerBlock)
    let reals = try table.dense()
    for dtype in [DType.i32, .i64] {
      let indices = try Tensor(dtype, dims: [2, 3], integers: [6, 0, 3, 3, 1, 5])
      let expected = try Embedding().evaluate([reals, indices])
      try KernelHarness.check(
        Embedding(), [reals, indices], stored: [.blocks(table), nil], expected: expected,
        on: Array(KernelHarness.blockTables.prefix(1)), tolerance: .exact)
    }
  }

  @Test func `the tiles of a product of blocks cover it once`() {
    for rows in [0, 1, 16, 17, 128, 1000] {
      for depth in [0, 32, 2048, 8192] {
        for panels in [[1], [12], [12, 12, 12], [0], [64, 8, 8], [1000]] {
          let grid = GemmGrid(
            blockRows: rows, depth: depth, rowBytes: depth * 13 / 8, panels: panels,
            panelWidth: 32, panelBytes: depth * 18)
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
  }
}
