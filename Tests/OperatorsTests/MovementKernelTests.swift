import Tensors
import Testing

@testable import Operators

/// Each movement op's kernels against its reference, bit for bit.
@Suite struct MovementKernelTests {
  @Test(arguments: DType.allCases)
  func transposes(dtype: DType) throws {
    var samples = Samples()
    let cases: [([Int], [Int])] = [
      ([3, 5], []), ([2, 3, 5], []), ([17, 33], [1, 0]), ([2, 3, 4], [2, 0, 1]),
      ([2, 3, 4, 5], [0, 2, 1, 3]), ([2, 3, 4, 5], [3, 2, 1, 0]), ([1, 7, 1, 3], [2, 3, 0, 1]),
      ([2, 1, 2, 3, 2, 2, 2, 3, 2], [8, 7, 6, 5, 4, 3, 2, 1, 0]), ([300, 200], [1, 0]),
      ([4, 5], [-1, -2]), ([1, 1], []),
    ]
    for (dims, permutation) in cases {
      let x = try samples.tensor(dtype, dims, scale: 100)
      try KernelHarness.check(Transpose(permutation), [x], tolerance: .exact)
    }
  }

  @Test(arguments: DType.allCases)
  func slices(dtype: DType) throws {
    var samples = Samples()
    for (dims, axis, start, end) in [
      ([5, 7], 0, 1, 4), ([5, 7], 1, 2, 7), ([5, 7], -1, 6, 7), ([2, 9, 3], 1, 0, 9),
      ([1, 9, 3], 1, 3, 5), ([3, 20000], 1, 1, 19999),
    ] {
      let x = try samples.tensor(dtype, dims, scale: 100)
      let op = Slice(axis: axis, start: Dim(start), end: Dim(end))
      try KernelHarness.check(op, [x], tolerance: .exact)
    }
  }

  @Test(arguments: DType.allCases)
  func broadcasts(dtype: DType) throws {
    var samples = Samples()
    for (dims, target) in [
      ([], [3, 4]), ([4], [3, 4]), ([3, 1], [3, 4]), ([2, 1, 3, 1], [2, 5, 3, 4]), ([1], [40000]),
      ([3, 4], [3, 4]), ([4], [1, 1, 4]),
    ] {
      let x = try samples.tensor(dtype, dims, scale: 100)
      try KernelHarness.check(Broadcast(to: Shape(target)), [x], tolerance: .exact)
    }
  }

  @Test(arguments: DType.allCases)
  func concatenations(dtype: DType) throws {
    var samples = Samples()
    let cases: [(Int, [[Int]])] = [
      (0, [[2, 3], [1, 3], [4, 3]]), (1, [[5, 2], [5, 1], [5, 7]]), (-1, [[2, 3, 1], [2, 3, 4]]),
      (1, [[2, 3, 4], [2, 1, 4]]), (0, [[20000], [1], [30000]]), (0, [[7]]),
    ]
    for (axis, shapes) in cases {
      let operands = try shapes.map { try samples.tensor(dtype, $0, scale: 100) }
      try KernelHarness.check(Concat(axis: axis), operands, tolerance: .exact)
    }
  }

  @Test(arguments: DType.numbers)
  func iotas(dtype: DType) throws {
    for (count, start) in [(1, 0), (7, 0), (5, -3), (40000, 100)] {
      let op = Iota(count: Dim(count), dtype: dtype, start: Dim(start))
      try KernelHarness.check(op, [], tolerance: .exact)
    }
  }

  @Test func `a reshape keeps the elements`() throws {
    var samples = Samples()
    let x = try samples.tensor(.f32, [6, 4])
    try KernelHarness.check(Reshape(to: [2, 12]), [x], tolerance: .exact)
    #expect(try Reshape(to: [2, 12]).evaluate([x])[0].doubles == x.doubles)
  }

  @Test func `references say what the ops mean`() throws {
    let x = try Tensor(.i32, dims: [2, 3], integers: [0, 1, 2, 3, 4, 5])
    #expect(try Transpose().evaluate([x])[0].integers == [0, 3, 1, 4, 2, 5])
    #expect(try Slice(axis: 1, start: 1, end: 3).evaluate([x])[0].integers == [1, 2, 4, 5])
    #expect(
      try Concat(axis: 1).evaluate([x, x])[0].integers == [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5])
    let row = try Tensor(.i32, dims: [3], integers: [7, 8, 9])
    #expect(try Broadcast(to: [2, 3]).evaluate([row])[0].integers == [7, 8, 9, 7, 8, 9])
    #expect(try Iota(count: 3, start: 2).evaluate([])[0].integers == [2, 3, 4])
  }
}
