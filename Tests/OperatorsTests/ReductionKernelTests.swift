import Tensors
import Testing

@testable import Operators

/// Each reduction's kernels against its reference.
@Suite struct ReductionKernelTests {
  /// Shapes, and axes that lie together and apart.
  static let cases: [([Int], [Int])] = [
    ([7], []), ([5, 7], [1]), ([5, 7], [0]), ([5, 7], [-1, -2]), ([2, 3, 4], [1]),
    ([2, 3, 4], [0, 2]), ([2, 3, 4, 5], [1, 3]), ([2, 3, 4, 5], [1, 2]), ([2, 1, 4], [0, 2]),
    ([2, 3, 1], [2]), ([3, 1000], [1]), ([1000, 3], [0]), ([50000], [0]), ([100, 400], [1]),
    ([], []),
  ]

  private func checkReductions(_ x: Tensor, _ axes: [Int]) throws {
    for keep in [false, true] {
      try KernelHarness.check(ReduceSum(axes: axes, keep: keep), [x])
      try KernelHarness.check(ReduceMax(axes: axes, keep: keep), [x])
      try KernelHarness.check(ReduceMin(axes: axes, keep: keep), [x])
      if x.dtype.isFloatingPoint {
        try KernelHarness.check(ReduceMean(axes: axes, keep: keep), [x])
      }
    }
  }

  @Test(arguments: DType.numbers)
  func reductions(dtype: DType) throws {
    var samples = Samples()
    for (dims, axes) in Self.cases {
      try checkReductions(try samples.tensor(dtype, dims), axes)
    }
  }

  @Test(arguments: DType.reals)
  func `NaN wins over every number`(dtype: DType) throws {
    var samples = Samples()
    for (dims, axes) in [([33, 6], [0]), ([6, 33], [1]), ([3, 5, 3], [0, 2])] {
      try checkReductions(try samples.awkward(dtype, dims, scale: 1), axes)
    }
    let x = try Tensor(dtype, dims: [3], doubles: [1, .nan, 2])
    #expect(try ReduceMax().evaluate([x])[0].doubles[0].isNaN)
  }

  @Test func `sums of integers wrap`() throws {
    let x = try Tensor(.i32, dims: [2], integers: [Int(Int32.max), 1])
    #expect(try ReduceSum().evaluate([x])[0].integers == [Int(Int32.min)])
    try KernelHarness.check(ReduceSum(), [x])
  }

  @Test(arguments: DType.numbers)
  func `places of the largest`(dtype: DType) throws {
    var samples = Samples()
    for (dims, axis) in [
      ([9], 0), ([5, 33], -1), ([5, 33], 0), ([2, 5, 3], 1), ([2, 700, 1], 1), ([70, 400], 1),
    ] {
      // A small scale makes many integers equal.
      let x = try samples.tensor(dtype, dims, scale: 3)
      try KernelHarness.check(ArgMax(axis: axis), [x])
      try KernelHarness.check(ArgMax(axis: axis, keep: true), [x])
    }
    if dtype.isFloatingPoint {
      try KernelHarness.check(ArgMax(), [try samples.awkward(dtype, [4, 50])])
      try KernelHarness.check(ArgMax(axis: 0), [try samples.awkward(dtype, [50, 4])])
    }
    let ties = try Tensor(dtype, dims: [5], doubles: [1, 3, 2, 3, 0])
    #expect(try ArgMax().evaluate([ties])[0].integers == [1])
  }

  @Test(arguments: DType.numbers)
  func `the k largest`(dtype: DType) throws {
    var samples = Samples()
    for (dims, k) in [([1], 1), ([9], 9), ([5, 33], 4), ([2, 3, 100], 7), ([100, 400], 2)] {
      let x = try samples.tensor(dtype, dims, scale: 5)
      try KernelHarness.check(TopK(k: k), [x], tolerance: .exact)
    }
    if dtype.isFloatingPoint {
      try KernelHarness.check(
        TopK(k: 20), [try samples.awkward(dtype, [4, 50])], tolerance: .exact)
    }
    let ties = try Tensor(dtype, dims: [5], doubles: [1, 3, 2, 3, 0])
    let results = try TopK(k: 3).evaluate([ties])
    #expect(results[0].doubles == [3, 3, 2])
    #expect(results[1].integers == [1, 3, 2])
  }
}
