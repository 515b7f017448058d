import Testing

@testable import Tensors

@Suite struct TensorTests {
  @Test func `sizes that overflow are refused before memory is taken`() {
    #expect(throws: TensorError.tooLarge(.f32, [1 << 31, 1 << 31])) {
      try Tensor(zeros: .f32, dims: [1 << 31, 1 << 31])
    }
    #expect(throws: TensorError.negativeExtent([2, -1])) { try Tensor(zeros: .f32, dims: [2, -1]) }
    #expect(throws: TensorError.countMismatch(expected: 2, found: [3])) {
      try Tensor(dims: [3], floats: [1, 2])
    }
  }

  @Test func `a view must lie inside its storage`() throws {
    let storage = try Storage(byteCount: 16)
    #expect(try Tensor(dtype: .f32, dims: [2], storage: storage, byteOffset: 8).count == 2)
    for offset in [9, -1, .max] {
      #expect(throws: TensorError.self) {
        try Tensor(dtype: .f32, dims: [2], storage: storage, byteOffset: offset)
      }
    }
  }

  @Test func `owned memory is aligned and zeroed`() throws {
    let tensor = try Tensor(zeros: .f32, dims: [3, 5])
    #expect(Int(bitPattern: tensor.pointer) % Storage.alignment == 0)
    #expect(tensor.doubles.allSatisfy { $0 == 0 })
    #expect(try Tensor(zeros: .f32, dims: [0, 7]).count == 0)
  }

  @Test(arguments: DType.allCases)
  func `elements come back as they were put in`(dtype: DType) throws {
    let values: [Double] = dtype == .bool ? [0, 1, 1] : [-2, 0, 100]
    let tensor = try Tensor(dtype, dims: [3], doubles: values)
    #expect(tensor.doubles == values)
    #expect(tensor.integers == values.map { Int($0) })
    #expect(tensor.byteCount == 3 * dtype.byteCount)
  }

  @Test func `numbers out of range are clamped`() throws {
    #expect(
      try Tensor(.i32, dims: [3], doubles: [1e20, -1e20, .nan]).integers
        == [Int(Int32.max), Int(Int32.min), 0])
    #expect(try Tensor(.i64, dims: [2], doubles: [1e300, -.infinity]).integers == [.max, .min])
    #expect(try Tensor(.i32, dims: [1], integers: [.max]).integers == [Int(Int32.max)])
    #expect(try Tensor(.i64, dims: [1], integers: [.max]).integers == [.max])
  }

  @Test func `reshaping keeps the elements and their number`() throws {
    let tensor = try Tensor(dims: [2, 3], floats: [1, 2, 3, 4, 5, 6])
    #expect(try tensor.reshaped(to: [3, 2]).floats == tensor.floats)
    #expect(throws: TensorError.self) { try tensor.reshaped(to: [4]) }
  }
}
