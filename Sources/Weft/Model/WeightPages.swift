import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Brings the pages of a mapped checkpoint into the process's table of pages, beside what comes before the
/// first run: a run that meets them one by one waits for each.
///
/// Weights of 16 bits and in blocks only, and no more than half of the machine's memory: they are read
/// whole by the first run.
final class WeightPages: Sendable {
  private let ranges: [StorageRange]
  private let isStarted = Atomic<Bool>(false)

  /// The pages of those of `weights` that a file holds.
  init(_ weights: some Sequence<StoredWeight>) {
    ranges = weights.compactMap { weight in
      let range: StorageRange? =
        switch weight {
        case .dense(let tensor): tensor.dtype.byteCount == 2 ? StorageRange(tensor) : nil
        case .blocks(let matrix): StorageRange(matrix)
        case .int8: nil
        }
      return range.flatMap { $0.storage.isReloadable ? $0 : nil }
    }
  }

  /// Begins, where nobody has.
  func bring() {
    #if os(Linux)
      guard !ranges.isEmpty, !isStarted.exchange(true, ordering: .relaxed) else { return }
      let byteCount = ranges.reduce(0) { $0 + $1.bytes.count }
      guard UInt64(byteCount) < ProcessInfo.processInfo.physicalMemory / 2 else { return }
      let ranges = ranges
      DispatchQueue.global(qos: .userInitiated).async {
        for range in ranges { WeightPages.bring(range) }
      }
    #endif
  }

  #if os(Linux)
    /// MADV_POPULATE_READ, of Linux 5.14 and later; an older system says no, and nothing is lost.
    private static let populateForReading: CInt = 22

    private static func bring(_ range: StorageRange) {
      let page = Storage.pageByteCount
      let first = Int(bitPattern: range.storage.base) + range.bytes.lowerBound
      let end = Int(bitPattern: range.storage.base) + range.bytes.upperBound
      let start = first / page * page
      guard start < end, let pointer = UnsafeMutableRawPointer(bitPattern: start) else { return }
      madvise(pointer, end - start, populateForReading)
    }
  #endif
}
