import Testing

@testable import Tensors

@Suite struct `Matrices of 8-bit integers` {
  private let integers: [Int8] = [1, -2, 3, -4, 5, -128]

  private func matrix(
    _ rows: Int = 2, _ columns: Int = 3, scales: [Float], _ scaled: Int8Matrix.Axis
  ) throws -> Int8Matrix {
    let storage = try Storage(byteCount: integers.count)
    for (i, value) in integers.enumerated() {
      storage.base.storeBytes(of: value, toByteOffset: i, as: Int8.self)
    }
    return try Int8Matrix(
      rows: rows, columns: columns, storage: storage,
      scales: Tensor(dims: [scales.count], floats: scales), scaled: scaled)
  }

  @Test func `scales belong to rows or to columns`() throws {
    let rows = try matrix(scales: [2, 0.5], .rows)
    #expect(try rows.dense().floats == [2, -4, 6, -2, 2.5, -64])
    #expect(try rows.dense(.f16).dtype == .f16)
    #expect(rows.byteCount == 6 + 8)
    let columns = try matrix(scales: [2, 0, 0.5], .columns)
    #expect(try columns.dense().floats == [2, 0, 1.5, -8, 0, -64])
    #expect(columns.channels == 3)
  }

  @Test func `parts keep their scales`() throws {
    let rows = try matrix(3, 2, scales: [1, 2, 3], .rows)
    let last = try rows.rows(1..<3)
    #expect(try last.dense().floats == [6, -8, 15, -384])
    #expect(last.storage === rows.storage)
    #expect(try rows.columns(1..<2).dense().floats == [-2, -8, -384])
    let columns = try matrix(3, 2, scales: [1, 2], .columns)
    #expect(try columns.columns(1..<2).dense().floats == [-4, -8, -256])
    #expect(try columns.rows(2..<3).dense().floats == [5, -256])
    #expect(try rows.rows(1..<1).dense().floats == [])
  }

  @Test func `integers outside the memory and scales that don't fit are refused`() throws {
    #expect(throws: TensorError.outOfBounds(offset: 0, bytes: 9, capacity: 6)) {
      _ = try matrix(3, 3, scales: [1, 1, 1], .rows)
    }
    #expect(throws: TensorError.outOfBounds(offset: 0, bytes: .max, capacity: 6)) {
      _ = try matrix(.max, 2, scales: [1], .rows)
    }
    #expect(throws: TensorError.negativeExtent([-1, 2])) {
      _ = try matrix(-1, 2, scales: [], .rows)
    }
    #expect(throws: TensorError.countMismatch(expected: 2, found: [3])) {
      _ = try matrix(scales: [1, 1, 1], .rows)
    }
    #expect(throws: TensorError.self) { _ = try matrix(scales: [1, 1], .columns) }
    #expect(throws: TensorError.self) { _ = try matrix(scales: [1, 1], .rows).rows(1..<3) }
  }
}
