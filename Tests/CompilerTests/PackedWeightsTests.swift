import Dispatch
import Foundation
import Synchronization
import Tensors
import Testing

@testable import Compiler

@Suite struct `Packed weights` {
  /// Stores of one weight in pieces of 100 bytes, each written `piece + 1`.
  private func storage(
    _ packed: PackedWeights, _ tensor: Tensor, _ layout: String = "test", pieces: Int,
    writes: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> Storage {
    try packed.storage(
      for: [tensor], layout: layout, byteCount: 100 * pieces, pieces: pieces
    ) { storage, range in
      for piece in range {
        writes(piece)
        for i in 0..<100 {
          storage.base.storeBytes(
            of: UInt8(truncatingIfNeeded: piece + i), toByteOffset: 100 * piece + i, as: UInt8.self)
        }
      }
    }
  }

  private func bytes(_ storage: Storage) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: storage.base, count: storage.byteCount))
  }

  @Test func `any number of threads writes the same bytes, each once`() throws {
    var results: [[[UInt8]]] = []
    for threads in [1, 2, 5] {
      let packed = PackedWeights(threads: threads)
      let tensors = try (0..<7).map { try Tensor(dims: [1], floats: [Float($0)]) }
      let writes = Mutex<[[Int]: Int]>([:])
      let storages = try tensors.enumerated().map { i, tensor in
        try storage(packed, tensor, pieces: i * 3001) { piece in
          writes.withLock { $0[[i, piece], default: 0] += 1 }
        }
      }
      let totals = packed.finish()
      #expect(totals.byteCount == 100 * 3001 * (1 + 2 + 3 + 4 + 5 + 6))
      let counts = writes.withLock { $0 }
      #expect(counts.count == 3001 * 21)
      #expect(counts.values.allSatisfy { $0 == 1 })
      results.append(storages.map(bytes))
    }
    #expect(results[0] == results[1] && results[0] == results[2])
    #expect(results[0][2][3001 * 100] == UInt8(truncatingIfNeeded: 3001))
  }

  @Test func `a store over another finds what is there and adds nothing to it`() throws {
    let base = PackedWeights(threads: 1)
    let (a, b) = (try Tensor(dims: [1], floats: [1]), try Tensor(dims: [1], floats: [2]))
    let first = try storage(base, a, pieces: 1)
    base.finish()
    let over = PackedWeights(over: base)
    #expect(try storage(over, a, pieces: 1) === first)
    _ = try storage(over, b, pieces: 2)
    #expect(over.finish().byteCount == 200)
    #expect(base.byteCount == 100)
  }

  @Test func `a store over another finds no weight that waits there`() throws {
    let base = PackedWeights(threads: 2)
    let tensor = try Tensor(dims: [1], floats: [1])
    let first = try base.waitingStorage(
      for: tensor, layout: "x", byteCount: 1, pieces: 1
    ) { storage, _ in storage.base.storeBytes(of: 7, as: UInt8.self) }
    #expect(!first.isWritten)
    let over = PackedWeights(over: base)
    #expect(first.isWritten && base.waitingByteCount == 0)
    let again = try over.waitingStorage(
      for: tensor, layout: "x", byteCount: 1, pieces: 1
    ) { _, _ in Issue.record("packed twice") }
    #expect(again.packed === first.packed && again.isWritten)
    #expect(again.packed.base.load(as: UInt8.self) == 7)
    // One that the base has only promised since isn't taken for written.
    let other = try Tensor(dims: [1], floats: [2])
    let waiting = try base.waitingStorage(
      for: other, layout: "x", byteCount: 1, pieces: 1
    ) { _, _ in }
    #expect(
      try over.storage(for: [other], layout: "x", byteCount: 1, pieces: 1) { _, _ in }
        !== waiting.packed)
  }

  @Test func `a weight is packed once, whoever asks`() throws {
    let packed = PackedWeights(threads: 2)
    let tensor = try Tensor(dims: [1], floats: [1])
    let first = try storage(packed, tensor, pieces: 3)
    let again = try storage(packed, tensor, pieces: 3) { _ in Issue.record("packed twice") }
    #expect(first === again)
    #expect(packed.finish().byteCount == 300)
    #expect(packed.finish() == PackingTotals())
    #expect(try storage(packed, tensor, pieces: 3) === first)
    #expect(packed.finish().byteCount == 0)
    #expect(try storage(packed, tensor, "other", pieces: 3) !== first)
    #expect(packed.byteCount == 600)
  }

  @Test func `who finds another packing waits for it`() throws {
    let packed = PackedWeights(threads: 1)
    let tensor = try Tensor(dims: [1], floats: [1])
    let started = Atomic<Bool>(false)
    let done = Atomic<Bool>(false)
    _ = try packed.storage(for: [tensor], layout: "slow", byteCount: 1, pieces: 1) { _, _ in
      started.store(true, ordering: .sequentiallyConsistent)
      usleep(20_000)
      done.store(true, ordering: .sequentiallyConsistent)
    }
    DispatchQueue.global().async { packed.finish() }
    while !started.load(ordering: .sequentiallyConsistent) {}
    #expect(packed.finish() == PackingTotals())
    let isDone = done.load(ordering: .sequentiallyConsistent)
    #expect(isDone)
  }

  private func tensor(_ value: Float) throws -> Tensor { try Tensor(dims: [1], floats: [value]) }

  private func waiting(
    _ packed: PackedWeights, _ tensor: Tensor, byteCount: Int = 100
  ) throws -> WaitingStorage {
    try packed.waitingStorage(
      for: tensor, layout: "test", byteCount: byteCount, pieces: 1
    ) { storage, _ in memset(storage.base, 7, byteCount) }
  }

  @Test func `what kernels can read as it is waits until the run after the first`() throws {
    let packed = PackedWeights(threads: 2)
    let first = try waiting(packed, tensor(1))
    _ = try storage(packed, tensor(2), pieces: 1)
    #expect(packed.finish().byteCount == 100)
    #expect(!first.isWritten)
    packed.beginRun()
    #expect(!first.isWritten)
    packed.beginRun()
    #expect(first.isWritten)
    #expect(bytes(first.packed) == Array(repeating: 7, count: 100))
    #expect(packed.byteCount == 200)
    // New weights wait for their own first run.
    let third = try waiting(packed, tensor(3))
    packed.beginRun()
    #expect(!third.isWritten)
    packed.settle()
    #expect(third.isWritten)
  }

  @Test func `a run packs a share, and later ones the rest`() throws {
    let packed = PackedWeights(threads: 2)
    // Shares of 16 MiB: of these one takes two.
    let size = 9 << 20
    let weights = try (0..<5).map { try waiting(packed, tensor(Float($0)), byteCount: size) }
    packed.finish()
    var written: [Int] = []
    for _ in 0..<5 {
      packed.beginRun()
      written.append(weights.count { $0.isWritten })
    }
    #expect(written == [0, 2, 4, 5, 5])
  }

  @Test func `a kernel that can't wait has its weight packed for it`() throws {
    let packed = PackedWeights(threads: 1)
    let tensor = try self.tensor(1)
    let first = try waiting(packed, tensor)
    let other = try packed.storage(for: [tensor], layout: "test", byteCount: 100, pieces: 1) {
      _, _ in Issue.record("packed by another's function")
    }
    #expect(other === first.packed)
    #expect(packed.finish().byteCount == 100)
    #expect(first.isWritten)
    packed.settle()
    let again = try waiting(packed, tensor)
    #expect(again.packed === other && again.isWritten)
  }
}
