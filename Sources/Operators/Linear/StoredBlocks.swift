import CKernels
import Compiler
import Executor
import Tensors

/// A weight in blocks as a file has it. A kernel that comes before it is packed packs the panels that it
/// multiplies, one by one.
struct StoredBlocks: Sendable {
  private let matrix: BlockMatrix
  /// Where its rows stand in another order.
  private let reordered: ReorderedRows?

  init(_ matrix: BlockMatrix) {
    self.matrix = matrix
    let rows = matrix.byteCount == matrix.storage.byteCount ? matrix.storage.reordered : nil
    reordered = rows?.order.count == matrix.rows ? rows : nil
  }

  private var rowByteCount: Int { matrix.byteCount / max(matrix.rows, 1) }

  func panelByteCount(_ kernels: weft_block_kernels) -> Int {
    kernels.packed_size(matrix.format.kernelValue, matrix.columns, kernels.nr)
  }

  /// A panel, and its rows where they are put in order first.
  func scratchByteCount(_ kernels: weft_block_kernels) -> Int {
    saturatingProduct([panelByteCount(kernels), reordered == nil ? 1 : 2])
  }

  /// Packs panel `i`; what follows it in the file is fetched meanwhile, unless it is the last.
  ///
  /// - Parameter rows: memory of a panel's size.
  func pack(
    _ i: Int, _ kernels: weft_block_kernels, into panel: UnsafeMutableRawPointer,
    rows: UnsafeMutableRawPointer, isLast: Bool
  ) {
    let first = i * kernels.nr
    var args = arguments
    args.n = min(matrix.rows - first, kernels.nr)
    args.packed = panel
    if let reordered {
      reordered.copy(first..<first + args.n, to: rows)
      args.source = UnsafeRawPointer(rows)
    } else {
      args.source = matrix.pointer + first * rowByteCount
      if !isLast { args.ahead = args.source + kernels.nr * rowByteCount }
    }
    kernels.pack(&args, 0, 1)
  }

  /// Packs some panels to their places in the packed matrix.
  func pack(_ panels: Range<Int>, _ kernels: weft_block_kernels, into storage: Storage) {
    if reordered == nil {
      var args = arguments
      args.source = matrix.pointer
      args.packed = UnsafeMutableRawPointer(storage.base)
      kernels.pack(&args, panels.lowerBound, panels.upperBound)
    } else {
      let size = panelByteCount(kernels)
      let rows = UnsafeMutableRawPointer.allocate(
        byteCount: max(size, 1), alignment: Storage.alignment)
      defer { rows.deallocate() }
      for i in panels {
        pack(i, kernels, into: storage.base + i * size, rows: rows, isLast: true)
      }
    }
    withExtendedLifetime(matrix.storage) {}
  }

  /// All but where it stands and goes.
  private var arguments: weft_block_pack_args {
    var args = weft_block_pack_args()
    args.format = matrix.format.kernelValue
    args.k = matrix.columns
    args.n = matrix.rows
    return args
  }
}
