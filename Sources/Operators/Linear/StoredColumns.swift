import CKernels
import Compiler
import Executor
import Tensors

/// The right side of a matrix product as a file has it. A kernel that comes before it is packed packs the
/// panels that it multiplies, one by one.
struct StoredColumns: Sendable {
  private let tensor: Tensor
  private let depth: Int
  private let columns: Int
  private let transposed: Bool
  /// Where columns, one after the other in memory, stand in another order.
  private let reordered: ReorderedRows?

  /// `tensor`, stored [columns, depth] where it is `transposed`.
  init(_ tensor: Tensor, depth: Int, columns: Int, transposed: Bool) {
    self.tensor = tensor
    self.depth = depth
    self.columns = columns
    self.transposed = transposed
    let rows = tensor.byteCount == tensor.storage.byteCount ? tensor.storage.reordered : nil
    let isRow = rows?.rowByteCount == depth * tensor.dtype.byteCount
    reordered = transposed && isRow && rows?.order.count == columns ? rows : nil
  }

  func panelByteCount(_ table: KernelTable) -> Int {
    saturatingProduct([depth, table.panelWidth, tensor.dtype.byteCount])
  }

  /// A panel, and its rows where they are put in order first.
  func scratchByteCount(_ table: KernelTable) -> Int {
    saturatingProduct([panelByteCount(table), reordered == nil ? 1 : 2])
  }

  /// Packs panel `i`; what follows it in the file is fetched meanwhile, unless it is the last.
  ///
  /// - Parameter rows: memory of a panel's size.
  func pack(
    _ i: Int, _ table: KernelTable, into panel: UnsafeMutableRawPointer,
    rows: UnsafeMutableRawPointer, isLast: Bool
  ) {
    let first = i * table.panelWidth
    let stride = transposed ? depth : 1
    var args = arguments
    args.n = min(columns - first, table.panelWidth)
    args.packed = panel
    if let reordered {
      reordered.copy(first..<first + args.n, to: rows)
      args.source = UnsafeRawPointer(rows)
    } else {
      args.source = UnsafeRawPointer(tensor.pointer) + first * stride * tensor.dtype.byteCount
      if !isLast { args.ahead = args.source + panelByteCount(table) }
    }
    table.functions.pointee.gemm_pack(&args, 0, 1)
  }

  /// Packs some panels to their places in the packed matrix.
  func pack(_ panels: Range<Int>, _ table: KernelTable, into storage: Storage) {
    if reordered == nil {
      var args = arguments
      args.source = UnsafeRawPointer(tensor.pointer)
      args.packed = storage.base
      table.functions.pointee.gemm_pack(&args, panels.lowerBound, panels.upperBound)
    } else {
      let size = panelByteCount(table)
      let rows = UnsafeMutableRawPointer.allocate(
        byteCount: max(size, 1), alignment: Storage.alignment)
      defer { rows.deallocate() }
      for i in panels {
        pack(i, table, into: storage.base + i * size, rows: rows, isLast: true)
      }
    }
    withExtendedLifetime(tensor.storage) {}
  }

  /// All but where it stands and goes.
  private var arguments: weft_gemm_pack_args {
    var args = weft_gemm_pack_args()
    args.type = tensor.dtype.kernelType
    args.row_stride = transposed ? 1 : columns
    args.column_stride = transposed ? depth : 1
    args.k = depth
    args.n = columns
    args.packed_type = args.type
    return args
  }
}
