import Dispatch
import Synchronization

/// Rows of equal size that stand somewhere in another order, such as those of heads in a GGUF file.
public struct ReorderedRows: Sendable {
  /// The block that has the rows.
  public let source: Storage
  /// Where they stand in it.
  public let bytes: Range<Int>
  /// Which of them each row is.
  public let order: [Int]
  /// Bytes of a row.
  public let rowByteCount: Int

  /// So many bytes are copied by one thread, more in parts.
  private static let copiedAlone = 1 << 20
  private static let parts = 8

  /// Row i is row `order[i]` of those in `bytes` of `source`, which are as many.
  public init(of source: Storage, _ bytes: Range<Int>, order: [Int]) {
    precondition(order.isEmpty ? bytes.isEmpty : bytes.count % order.count == 0)
    precondition(order.allSatisfy(order.indices.contains))
    self.source = source
    self.bytes = bytes
    self.order = order
    rowByteCount = order.isEmpty ? 0 : bytes.count / order.count
  }

  /// Copies some rows to memory that has room for them.
  public func copy(_ rows: Range<Int>, to target: UnsafeMutableRawPointer) {
    let base = source.base + bytes.lowerBound
    for (i, row) in rows.enumerated() {
      (target + i * rowByteCount).copyMemory(
        from: base + order[row] * rowByteCount, byteCount: rowByteCount)
    }
  }

  /// Copies all rows; on all threads, as new memory is slow to write.
  func copyAll(to target: UnsafeMutableRawPointer) {
    let parts = bytes.count > ReorderedRows.copiedAlone ? ReorderedRows.parts : 1
    let memory = Target(base: target)
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      let rows = part * order.count / parts..<(part + 1) * order.count / parts
      copy(rows, to: memory.base + rows.lowerBound * rowByteCount)
    }
  }

  /// `@unchecked Sendable`: each thread writes rows of its own.
  private struct Target: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
  }
}

/// Rows that are written once, by whoever asks for them first.
final class UnreadRows: Sendable {
  let rows: ReorderedRows
  private let isWritten = Atomic<Bool>(false)
  private let writing = Mutex(())

  init(_ rows: ReorderedRows) { self.rows = rows }

  func write(to target: UnsafeMutableRawPointer) {
    if isWritten.load(ordering: .acquiring) { return }
    let memory = Memory(base: target)
    writing.withLock { _ in
      if isWritten.load(ordering: .acquiring) { return }
      rows.copyAll(to: memory.base)
      isWritten.store(true, ordering: .releasing)
    }
  }

  /// `@unchecked Sendable`: nobody reads it before it is written.
  private struct Memory: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
  }
}
