import Tensors
import Testing

@testable import Operators

@Suite struct LinearTests {
  /// Rows, inputs and outputs around the sizes of registers, panels and tiles.
  static let sizes = [
    (1, 1, 1), (1, 7, 33), (2, 16, 32), (3, 31, 48), (13, 5, 31), (14, 8, 64), (15, 17, 65),
    (29, 3, 97), (57, 9, 15),
  ]

  @Test(arguments: sizes)
  func `linear equals its reference with packed and unpacked weights`(
    rows: Int, inputs: Int, outputs: Int
  ) throws {
    var samples = Samples(seed: UInt64(rows * 1000 + outputs))
    let x = try samples.tensor(.f32, [rows, inputs], scale: 1)
    for transposed in [false, true] {
      let weight = try samples.tensor(
        .f32, transposed ? [inputs, outputs] : [outputs, inputs], scale: 1)
      let op = Linear(transposed: transposed)
      try KernelHarness.check(op, [x, weight], constants: [1])
      try KernelHarness.check(op, [x, weight])
    }
  }

  @Test(arguments: Activation.allCases)
  func `linear applies its whole epilogue`(activation: Activation) throws {
    var samples = Samples(seed: 7)
    let x = try samples.tensor(.f32, [2, 9, 11], scale: 1)
    let weight = try samples.tensor(.f32, [37, 11], scale: 1)
    let bias = try samples.tensor(.f32, [37])
    let (multiplier, residual) = (
      try samples.tensor(.f32, [2, 9, 37]), try samples.tensor(.f32, [2, 9, 37])
    )
    for constants in [Set([1]), [1, 2], []] {
      try KernelHarness.check(
        Linear(
          bias: true, multiplier: true, residual: true, activation: activation, scale: 0.25),
        [x, weight, bias, multiplier, residual], constants: constants,
        tolerance: .init(relative: 4e-6, absolute: 4e-6))
      try KernelHarness.check(
        Linear(residual: true, activation: activation), [x, weight, residual],
        constants: constants.subtracting([2]),
        tolerance: .init(relative: 4e-6, absolute: 4e-6))
    }
  }

  @Test(arguments: [DType.f16, .bf16])
  func `weights stored in 16 bits are widened when they are packed`(dtype: DType) throws {
    var samples = Samples(seed: 3)
    let x = try samples.tensor(.f32, [5, 12], scale: 1)
    let weight = try samples.tensor(dtype, [35, 12], scale: 1)
    let bias = try samples.tensor(dtype, [35], scale: 1)
    try KernelHarness.check(Linear(bias: true), [x, weight, bias], constants: [1, 2])
    try KernelHarness.check(Linear(), [x, weight])
    let matrix = try samples.tensor(dtype, [12, 35], scale: 1)
    try KernelHarness.check(MatMul(), [x, matrix], constants: [1])
    try KernelHarness.check(MatMul(), [x, matrix])
  }

  @Test func `merged linear gives what its layers give`() throws {
    var samples = Samples(seed: 5)
    let x = try samples.tensor(.f32, [3, 6, 20], scale: 1)
    let weights = try [33, 1, 64].map { try samples.tensor(.f32, [$0, 20], scale: 1) }
    let biases = try [33, 1, 64].map { try samples.tensor(.f32, [$0], scale: 1) }
    try KernelHarness.check(MergedLinear(), [x] + weights, constants: [1, 2, 3])
    try KernelHarness.check(
      MergedLinear(biases: true), [x] + weights + biases, constants: [1, 2, 3, 4, 5, 6])
    try KernelHarness.check(MergedLinear(), [x] + weights)
    try KernelHarness.check(
      MergedLinear(biases: true), [x] + weights + biases, constants: [1, 2])
    let turned = try [33, 5].map { try samples.tensor(.f32, [20, $0], scale: 1) }
    try KernelHarness.check(MergedLinear(transposed: true), [x] + turned, constants: [1, 2])
  }

  @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
  func `matmul equals its reference for each order of axes`(a: Bool, b: Bool) throws {
    var samples = Samples(seed: 11)
    let op = MatMul(transposesA: a, transposesB: b)
    for (n, k, m) in [(1, 1, 1), (3, 17, 5), (15, 4, 33), (37, 40, 70)] {
      let (left, right) = (a ? [k, n] : [n, k], b ? [m, k] : [k, m])
      let x = try samples.tensor(.f32, left, scale: 1)
      let y = try samples.tensor(.f32, right, scale: 1)
      try KernelHarness.check(op, [x, y])
      try KernelHarness.check(op, [x, y], constants: [1])
      let batched = try samples.tensor(.f32, [2, 3] + left, scale: 1)
      try KernelHarness.check(op, [batched, y], constants: [1])
      try KernelHarness.check(op, [batched, try samples.tensor(.f32, [3] + right, scale: 1)])
      try KernelHarness.check(op, [x, try samples.tensor(.f32, [4, 1] + right, scale: 1)])
      try KernelHarness.check(
        op,
        [
          try samples.tensor(.f32, [2, 1] + left, scale: 1),
          try samples.tensor(.f32, [1, 3] + right, scale: 1),
        ])
    }
  }

  @Test func `a tile never exceeds its budget of panels and rows cover the whole`() {
    for rows in [0, 1, 13, 128, 1000, 5000] {
      for depth in [1, 384, 4096] {
        for panels in [[1], [12], [12, 12, 12], [0], [48, 1]] {
          let grid = GemmGrid(
            rows: rows, depth: depth, panels: panels, panelWidth: 32, registerRows: 14)
          var covered: [Int: Int] = [:]
          if !grid.isEmpty {
            for tile in 0..<grid.tiles {
              let block = grid.tiles(from: tile, before: tile + 1)
              #expect(block.count == 1)
              for panel in block.panels {
                covered[block.segment * 1000 + panel, default: 0] += block.rows.count
              }
            }
          }
          #expect(covered.count == (rows == 0 ? 0 : panels.reduce(0, +)))
          #expect(covered.values.allSatisfy { $0 == rows })
        }
      }
    }
  }

  @Test func `a large product has enough tiles for many workers`() {
    let encoder = GemmGrid(
      rows: 128, depth: 384, panels: [12], panelWidth: 32, registerRows: 14)
    #expect(encoder.tiles >= 12)
    let decoder = GemmGrid(rows: 1, depth: 2048, panels: [64], panelWidth: 32, registerRows: 14)
    #expect(decoder.tiles >= 32)
    let tall = GemmGrid(rows: 8192, depth: 64, panels: [1], panelWidth: 32, registerRows: 14)
    #expect(tall.tiles >= 8)
  }
}
