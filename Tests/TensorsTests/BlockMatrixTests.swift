import Foundation
import Testing

@testable import Tensors

@Suite struct `Matrices in blocks` {
  /// Blocks of each format and their reals, as the gguf package computes them: Reference/blocks.py.
  private static let recorded: [(format: BlockFormat, blocks: [UInt8], reals: [UInt32])] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Reference/blocks.bin")
    guard let data = try? Data(contentsOf: file) else { return [] }
    let (bytes, count) = ([UInt8](data), 12)
    var at = 0
    return BlockFormat.allCases.map { format in
      let blocks = Array(bytes[at..<at + count * format.bytesPerBlock])
      at += blocks.count
      let reals = (0..<count * format.elementsPerBlock).map { i in
        (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + 4 * i + $1]) << UInt32(8 * $1) }
      }
      at += 4 * reals.count
      return (format, blocks, reals)
    }
  }()

  private func matrix(
    _ format: BlockFormat, _ blocks: [UInt8], rows: Int, byteOffset: Int = 0
  ) throws -> BlockMatrix {
    let storage = try Storage(byteCount: blocks.count + byteOffset)
    for (i, byte) in blocks.enumerated() {
      storage.base.storeBytes(of: byte, toByteOffset: byteOffset + i, as: UInt8.self)
    }
    return try BlockMatrix(
      format: format, rows: rows,
      columns: blocks.count / format.bytesPerBlock / rows * format.elementsPerBlock,
      storage: storage, byteOffset: byteOffset)
  }

  @Test func `each format is decoded bit for bit as gguf does`() throws {
    #expect(Self.recorded.count == 8)
    for (format, blocks, reals) in Self.recorded {
      let dense = try matrix(format, blocks, rows: 3, byteOffset: 7).dense()
      #expect(dense.dims == [3, 4 * format.elementsPerBlock])
      let wrong = zip(dense.floats, reals).filter { $0.bitPattern != $1 }.count
      #expect(wrong == 0 && dense.count == reals.count, "\(format)")
    }
  }

  @Test func `rows are views`() throws {
    let (format, blocks, reals) = Self.recorded[5]
    let whole = try matrix(format, blocks, rows: 6)
    let part = try whole.rows(2..<5)
    #expect(part.storage === whole.storage && part.dims == [3, 512])
    #expect(part.byteCount == 6 * 144)
    #expect(try part.dense().floats.map(\.bitPattern) == Array(reals[1024..<2560]))
    #expect(try whole.rows(6..<6).dense().floats == [])
    let halves = try part.dense(.f16)
    #expect(halves.dtype == .f16 && halves.dims == [3, 512])
  }

  @Test func `turned rows are columns`() throws {
    let (format, blocks, _) = Self.recorded[1]
    let matrix = try matrix(format, blocks, rows: 6)
    let turned = matrix.transposed
    #expect(turned.dims == [64, 6] && turned.transposed.dims == [6, 64])
    let (plain, other) = (try matrix.dense().floats, try turned.dense().floats)
    #expect(
      (0..<6 * 64).allSatisfy { plain[$0].bitPattern == other[$0 % 64 * 6 + $0 / 64].bitPattern })
    #expect(try turned.rows(1..<3).dims == [64, 2])
  }

  @Test func `blocks outside the memory and rows that end in a block are refused`() throws {
    let storage = try Storage(byteCount: 4 * 18)
    func make(_ rows: Int, _ columns: Int, _ offset: Int = 0) throws(TensorError) {
      _ = try BlockMatrix(
        format: .q4_0, rows: rows, columns: columns, storage: storage, byteOffset: offset)
    }
    try make(4, 32)
    try make(0, 32, 72)
    #expect(throws: TensorError.outOfBounds(offset: 1, bytes: 72, capacity: 72)) {
      try make(2, 64, 1)
    }
    #expect(throws: TensorError.outOfBounds(offset: -1, bytes: 18, capacity: 72)) {
      try make(1, 32, -1)
    }
    #expect(throws: TensorError.unevenBlocks(.q4_0, columns: 48)) { try make(1, 48) }
    #expect(throws: TensorError.negativeExtent([-1, 32])) { try make(-1, 32) }
    #expect(throws: TensorError.negativeExtent([1, -32])) { try make(1, -32) }
    #expect(throws: TensorError.tooLarge(.f32, [1 << 57, 64])) { try make(1 << 57, 64) }
    let whole = try matrix(.q4_0, [UInt8](repeating: 0, count: 36), rows: 2)
    #expect(throws: TensorError.self) { _ = try whole.rows(1..<3) }
    #expect(throws: TensorError.self) { _ = try whole.rows(-1..<1) }
    #expect(
      TensorError.unevenBlocks(.q4_k, columns: 48).description
        == "rows of 48 elements aren't whole blocks of q4_k, 256 elements each")
  }

  @Test func `a stored weight says what it is`() throws {
    let weight = StoredWeight.blocks(try matrix(.q8_0, Self.recorded[0].blocks, rows: 2))
    #expect(weight.typeDescription == "q8_0[2, 192]")
    #expect(weight.dims == [2, 192] && weight.byteCount == 12 * 34)
    #expect(weight.blocks != nil && weight.int8 == nil && weight.tensor == nil)
    #expect(BlockFormat.q8_0.bitsPerElement == 8.5)
  }
}
