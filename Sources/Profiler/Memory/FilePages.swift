import Compiler
import IR
import Tensors

/// Which pages of a mapped file are in memory: those that were read, with the neighbours that the
/// system maps at once, less those that were let go.
///
/// Linux maps the 64 KiB around a page that is asked for, as far as the file is in its cache.
struct FilePages {
  private static let window = 64 << 10
  private let page = Storage.pageByteCount
  private let firstPage: Int
  private var isResident: [Bool]
  /// Bytes in memory.
  private(set) var byteCount = 0

  /// No page of the file behind `storage`.
  init(of storage: Storage) {
    firstPage = Int(bitPattern: storage.base) / page
    let end = Int(bitPattern: storage.base) + storage.byteCount
    isResident = Array(repeating: false, count: (end + page - 1) / page - firstPage)
  }

  /// The pages under `bytes`, which count from the address `base`; with what the system maps around
  /// them where `isRead`, else only those that hold nothing besides.
  private func pages(_ bytes: Range<Int>, from base: Int, isRead: Bool) -> Range<Int> {
    guard !bytes.isEmpty else { return 0..<0 }
    let (start, end) = (base + bytes.lowerBound, base + bytes.upperBound)
    let (first, last) =
      isRead
      ? (
        start / Self.window * (Self.window / page),
        (end + Self.window - 1) / Self.window * (Self.window / page)
      ) : ((start + page - 1) / page, end / page)
    let (low, high) = (max(first - firstPage, 0), min(last - firstPage, isResident.count))
    return low < high ? low..<high : 0..<0
  }

  /// All of `range` is read.
  mutating func read(_ range: StorageRange) {
    set(pages(range.bytes, from: Int(bitPattern: range.storage.base), isRead: true), true)
  }

  /// What holds nothing but `range` is let go.
  mutating func drop(_ range: StorageRange) {
    set(pages(range.bytes, from: Int(bitPattern: range.storage.base), isRead: false), false)
  }

  /// Rows of `tensor` are read: of those that the data picks, as many different windows as are to be
  /// expected of random ones.
  mutating func read(_ tensor: Tensor, _ rows: RowsRead) {
    let whole = StorageRange(tensor)
    let count = tensor.dims.first ?? 1
    let rowByteCount = tensor.byteCount / max(count, 1)
    switch rows {
    case .all: read(whole)
    case .first(let rows):
      let end = whole.bytes.lowerBound + min(rows, count) * rowByteCount
      let range = pages(
        whole.bytes.lowerBound..<end, from: Int(bitPattern: tensor.storage.base), isRead: true)
      set(range, true)
    case .picked(let rows):
      let range = pages(
        whole.bytes, from: Int(bitPattern: tensor.storage.base), isRead: true)
      let left = range.count { !isResident[$0] } * page
      let windows = max(1, range.count * page / Self.window)
      // A row may reach into the next window.
      let perRow = 1 + Double(max(rowByteCount - 1, 0)) / Double(Self.window)
      let share = min(1, perRow / Double(windows))
      byteCount += Int(Double(left) * (1 - power(1 - share, rows)))
    }
  }

  private mutating func set(_ range: Range<Int>, _ resident: Bool) {
    for i in range where isResident[i] != resident {
      isResident[i] = resident
      byteCount += resident ? page : -page
    }
  }

  /// `base` (0…1) to the power of `exponent`, by squaring.
  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, left) = (1.0, base, exponent)
    while left > 0 {
      if left & 1 == 1 { result *= factor }
      factor *= factor
      left >>= 1
    }
    return result
  }
}
