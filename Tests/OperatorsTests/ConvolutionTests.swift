import Tensors
import Testing

@testable import Operators

@Suite struct ConvolutionTests {
  @Test(arguments: [
    ([2, 3, 8, 8], [5, 3, 4, 4], [4, 4]), ([1, 1, 5, 7], [2, 1, 2, 3], [1, 2]),
    ([1, 2, 9, 9], [33, 2, 3, 3], [3, 2]), ([3, 1, 1, 1], [1, 1, 1, 1], [1, 1]),
    ([1, 3, 28, 28], [17, 3, 4, 4], [4, 4]),
  ])
  func `convolution equals its reference`(x: [Int], weight: [Int], stride: [Int]) throws {
    var samples = Samples(seed: 14)
    let image = try samples.tensor(.f32, x, scale: 1)
    let filter = try samples.tensor(.f32, weight, scale: 1)
    let bias = try samples.tensor(.f32, [weight[0]])
    try KernelHarness.check(try Conv2D(stride: stride), [image, filter])
    try KernelHarness.check(
      try Conv2D(bias: true, stride: stride), [image, filter, bias], constants: [1, 2])
    let narrow = try samples.tensor(.f16, weight, scale: 1)
    try KernelHarness.check(try Conv2D(stride: stride), [image, narrow], constants: [1])
  }
}
