import Testing

@testable import Tensors

@Suite struct StorageTests {
  @Test func `blocks of a slab are aligned, apart and outlive it`() throws {
    var slab = StorageSlab()
    let sizes = [0, 1, 63, 64, 65, 1 << 20, 3 << 20, 5 << 20, 300 << 20, 7]
    var blocks: [Storage] = []
    for size in sizes { blocks.append(try slab.take(size)) }
    slab.adviseHugePages()
    slab = StorageSlab()
    for (block, size) in zip(blocks, sizes) {
      #expect(block.byteCount == size)
      #expect(Int(bitPattern: block.base) % Storage.alignment == 0)
      #expect(!block.isReloadable)
    }
    let ranges = blocks.map { Int(bitPattern: $0.base)..<Int(bitPattern: $0.base) + $0.byteCount }
      .filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
    for (a, b) in zip(ranges, ranges.dropFirst()) { #expect(a.upperBound <= b.lowerBound) }
    // Ends, where neighbours would meet; not all: it is 300 MiB.
    for (i, block) in blocks.enumerated() where block.byteCount > 0 {
      block.base.storeBytes(of: UInt8(i), as: UInt8.self)
      block.base.storeBytes(
        of: UInt8(i), toByteOffset: block.byteCount - 1, as: UInt8.self)
    }
    for (i, block) in blocks.enumerated() where block.byteCount > 0 {
      #expect(block.base.load(as: UInt8.self) == UInt8(i))
      #expect(block.base.load(fromByteOffset: block.byteCount - 1, as: UInt8.self) == UInt8(i))
    }
  }

  @Test func `a slab refuses what no memory holds`() {
    var slab = StorageSlab()
    for size in [-1, Int.max, 1 << 60] {
      #expect(throws: TensorError.outOfMemory(bytes: size)) { try slab.take(size) }
    }
  }

  @Test func `memory that no file has isn't dropped`() throws {
    let tensor = try Tensor(dims: [4096], floats: (0..<4096).map { Float($0) })
    tensor.dropPages()
    #expect(tensor.floats == (0..<4096).map { Float($0) })
  }

  @Test(arguments: [DType.f16, .bf16])
  func `conversion gives what each element is`(dtype: DType) throws {
    let patterns = try Tensor(uninitialized: dtype, dims: [1 << 16])
    for i in 0..<1 << 16 {
      patterns.pointer.storeBytes(of: UInt16(i), toByteOffset: 2 * i, as: UInt16.self)
    }
    let wide = try patterns.converted(to: .f32)
    #expect(wide.type == TensorType(.f32, [65536]))
    for i in 0..<patterns.count {
      let (expected, found) = (patterns.double(at: i), wide.double(at: i))
      #expect(expected == found || expected.isNaN && found.isNaN)
    }
    // Back again, and to a type without a fast path.
    let narrow = try wide.converted(to: dtype)
    #expect(
      (0..<narrow.count).allSatisfy {
        narrow.double(at: $0) == patterns.double(at: $0) || narrow.double(at: $0).isNaN
      })
    #expect(try Tensor(.f16, dims: [2], doubles: [3, -4]).converted(to: .i32).integers == [3, -4])
    // An odd address.
    let storage = try Storage(byteCount: 9)
    let odd = try Tensor(dtype: dtype, dims: [4], storage: storage, byteOffset: 1)
    for i in 0..<4 { odd.initialize(Double(i), at: i) }
    #expect(try odd.converted(to: .f32).floats == [0, 1, 2, 3])
  }
}
