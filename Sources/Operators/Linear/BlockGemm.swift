import CKernels
import Compiler
import Executor
import Tensors

/// A weight in blocks in the layout of its kernel: as many bytes as before.
struct PackedBlocks: Sendable {
  let format: BlockFormat
  let storage: Storage
  /// For kernels that may run before it is packed.
  var original: Original<StoredBlocks>?

  /// The original where it isn't packed yet.
  var waiting: StoredBlocks? {
    @inline(__always) get { original?.waiting }
  }
}

/// The product with weights in blocks, of one format or several. ``BlockProduct`` is the definition.
struct BlockGemm: RoundedProduct {
  let table: KernelTable

  private var kernels: weft_block_kernels { table.blocks.pointee }

  /// The kernel of `segments`, which were packed for `table`.
  static func kernel(
    table: KernelTable, rows: Int, depth: Int, x: OperandSource,
    segments: [GemmSegment<PackedBlocks>], epilogue: GemmEpilogue
  ) -> RoundedGemmKernel<BlockGemm> {
    let product = BlockGemm(table: table)
    let kernels = product.kernels
    let formats = Set(segments.map(\.packed.format.rawValue)).sorted().joined(separator: "-")
    let panels = segments.map { ceilingDivision($0.columns, kernels.nr) }
    let bytes = segments.reduce(0) { $0 + $1.packed.storage.byteCount }
    return RoundedGemmKernel(
      name: "s8\(formats)-gemm-\(String(cString: kernels.name))-\(kernels.mr)x\(kernels.nr)",
      product, depth: depth, x: x, segments: segments, epilogue: epilogue,
      grid: GemmGrid(
        blockRows: rows, depth: depth, rowBytes: kernels.quantized_size(1, depth), panels: panels,
        panelWidth: kernels.nr, panelBytes: bytes / max(panels.reduce(0, +), 1)))
  }

  func roundedByteCount(rows: Int, depth: Int) -> Int { kernels.quantized_size(rows, depth) }

  func panel(_ i: Int, of packed: PackedBlocks, depth: Int) -> UnsafeRawBufferPointer {
    let count = kernels.packed_size(packed.format.kernelValue, depth, kernels.nr)
    return UnsafeRawBufferPointer(start: packed.storage.base + i * count, count: count)
  }

  func round(
    _ x: UnsafePointer<Float>, count: Int, depth: Int, into rounded: UnsafeMutableRawPointer
  ) {
    var args = weft_block_quantize_args()
    args.x = x
    args.x_stride = depth
    args.k = depth
    args.quantized = rounded
    table.blocks.pointee.quantize(&args, 0, count)
  }

  func scratchByteCount(for packed: PackedBlocks, depth: Int) -> Int {
    packed.original?.stored.scratchByteCount(kernels) ?? 0
  }

  func multiply(
    _ rounded: UnsafeRawPointer, _ packed: PackedBlocks, _ args: weft_gemm_args, rows: Int,
    panels: Range<Int>, scratch: UnsafeMutableRawPointer
  ) {
    var whole = weft_block_gemm_args()
    whole.format = packed.format.kernelValue
    whole.quantized = rounded
    if let stored = packed.waiting {
      let kernels = kernels
      whole.packed = UnsafeRawPointer(scratch)
      for panel in panels {
        stored.pack(
          panel, kernels, into: scratch, rows: scratch + stored.panelByteCount(kernels),
          isLast: panel + 1 == panels.upperBound)
        whole.product = args.columns(from: panel * kernels.nr)
        kernels.gemm(&whole, 0, rows, 0, 1)
      }
      return
    }
    whole.packed = UnsafeRawPointer(packed.storage.base)
    whole.product = args
    table.blocks.pointee.gemm(&whole, 0, rows, panels.lowerBound, panels.upperBound)
  }
}

extension KernelRequest {
  /// A constant matrix in blocks, stored [columns, depth], packed for the product of blocks, shared by all
  /// plans.
  ///
  /// - Parameter mayWait: whether the kernel reads the original until the packed matrix is written.
  func packedMatrix(
    _ matrix: BlockMatrix, mayWait: Bool = false
  ) throws(KernelError) -> PackedBlocks {
    let kernels = table.blocks.pointee
    let (depth, columns) = (matrix.columns, matrix.rows)
    let layout = "gemm-\(String(cString: kernels.name))-\(kernels.nr)"
    let bytes = kernels.packed_size(matrix.format.kernelValue, depth, columns)
    if bytes == 0 && depth > 0 && columns > 0 { throw .tensor(.tooLarge(.f32, matrix.dims)) }
    do {
      let pieces = bytes == 0 ? 0 : ceilingDivision(columns, kernels.nr)
      let stored = StoredBlocks(matrix)
      let fill: @Sendable (Storage, Range<Int>) -> Void = { [table] storage, panels in
        stored.pack(panels, table.blocks.pointee, into: storage)
      }
      guard mayWait else {
        let storage = try packed.storage(
          for: matrix, layout: layout, byteCount: bytes, pieces: pieces, fill: fill)
        return PackedBlocks(format: matrix.format, storage: storage)
      }
      let storage = try packed.waitingStorage(
        for: matrix, layout: layout, byteCount: bytes, pieces: pieces, fill: fill)
      return PackedBlocks(
        format: matrix.format, storage: storage.packed, original: Original(stored, storage))
    } catch {
      throw .tensor(error)
    }
  }
}
