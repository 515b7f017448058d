import Tensors
import Testing

@testable import Operators

@Suite struct NormalizationTests {
  static let widths = [1, 2, 7, 8, 15, 16, 17, 33, 64, 65, 130]

  @Test(arguments: widths)
  func `layer norm equals its reference`(width: Int) throws {
    var samples = Samples(seed: UInt64(width))
    let x = try samples.tensor(.f32, [3, 5, width])
    let (weight, bias) = (try samples.tensor(.f32, [width]), try samples.tensor(.f32, [width]))
    let residual = try samples.tensor(.f32, [3, 5, width])
    let tolerance = KernelHarness.Tolerance(relative: 1e-5, absolute: 1e-5)
    for constants in [Set<Int>(), [1, 2]] {
      try KernelHarness.check(
        LayerNorm(), [x, weight, bias], constants: constants, tolerance: tolerance)
      try KernelHarness.check(
        LayerNorm(residual: true, epsilon: 1e-12), [x, weight, bias, residual],
        constants: constants, tolerance: tolerance)
    }
    try KernelHarness.check(
      LayerNorm(residual: true, keepsSum: true), [x, weight, bias, residual],
      tolerance: tolerance)
    try KernelHarness.check(LayerNorm(weight: false, bias: false), [x], tolerance: tolerance)
    try KernelHarness.check(LayerNorm(weight: false), [x, bias], tolerance: tolerance)
  }

  @Test(arguments: widths)
  func `rms norm equals its reference`(width: Int) throws {
    var samples = Samples(seed: UInt64(width))
    let x = try samples.tensor(.f32, [3, 5, width])
    let weight = try samples.tensor(.f32, [width])
    let residual = try samples.tensor(.f32, [3, 5, width])
    let tolerance = KernelHarness.Tolerance(relative: 1e-5, absolute: 1e-5)
    try KernelHarness.check(RMSNorm(), [x, weight], tolerance: tolerance)
    try KernelHarness.check(RMSNorm(weight: false), [x], tolerance: tolerance)
    try KernelHarness.check(
      RMSNorm(residual: true, keepsSum: true), [x, weight, residual], tolerance: tolerance)
    try KernelHarness.check(
      RMSNorm(weight: false, residual: true), [x, residual], tolerance: tolerance)
  }

  @Test func `weights stored in 16 bits are widened`() throws {
    var samples = Samples(seed: 9)
    let x = try samples.tensor(.f32, [4, 24])
    let weight = try samples.tensor(.f16, [24])
    let bias = try samples.tensor(.bf16, [24])
    try KernelHarness.check(
      LayerNorm(), [x, weight, bias], constants: [1, 2],
      tolerance: .init(relative: 1e-5, absolute: 1e-5))
  }

  @Test(arguments: [[1], [5], [3, 17], [2, 3, 40], [4, 1, 3], [2, 500]])
  func `softmax and l2_normalize equal their references on every axis`(dims: [Int]) throws {
    var samples = Samples(seed: UInt64(dims.reduce(1, *)))
    let x = try samples.tensor(.f32, dims, scale: 6)
    for axis in -dims.count..<dims.count {
      try KernelHarness.check(Softmax(axis: axis), [x])
      try KernelHarness.check(L2Normalize(axis: axis), [x])
    }
  }

  @Test func `a line of -∞ softens to zeros and a line of zeros stays`() throws {
    let hidden = try Tensor(
      .f32, dims: [2, 3], doubles: [-.infinity, -.infinity, -.infinity, 0, -.infinity, 0])
    try KernelHarness.check(Softmax(), [hidden])
    #expect(try Softmax().evaluate([hidden])[0].doubles == [0, 0, 0, 0.5, 0, 0.5])
    let zeros = try Tensor(zeros: .f32, dims: [2, 3])
    try KernelHarness.check(L2Normalize(), [zeros])
  }
}
