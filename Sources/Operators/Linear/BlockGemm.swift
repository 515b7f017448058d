import CKernels
import Compiler
import Executor
import Tensors

/// A weight in blocks in the layout of its kernel: as many bytes as before.
struct PackedBlocks: Sendable {
  let format: BlockFormat
  let storage: Storage
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

  func multiply(
    _ rounded: UnsafeRawPointer, _ packed: PackedBlocks, _ args: weft_gemm_args, rows: Int,
    panels: Range<Int>
  ) {
    var whole = weft_block_gemm_args()
    whole.format = packed.format.kernelValue
    whole.quantized = rounded
    whole.packed = UnsafeRawPointer(packed.storage.base)
    whole.product = args
    table.blocks.pointee.gemm(&whole, 0, rows, panels.lowerBound, panels.upperBound)
  }
}

extension KernelRequest {
  /// A constant matrix in blocks, stored [columns, depth], packed for the product of blocks, shared by all
  /// plans.
  func packedMatrix(_ matrix: BlockMatrix) throws(KernelError) -> PackedBlocks {
    let kernels = table.blocks.pointee
    let (depth, columns) = (matrix.columns, matrix.rows)
    let layout = "gemm-\(String(cString: kernels.name))-\(kernels.nr)"
    let bytes = kernels.packed_size(matrix.format.kernelValue, depth, columns)
    if bytes == 0 && depth > 0 && columns > 0 { throw .tensor(.tooLarge(.f32, matrix.dims)) }
    do {
      let storage = try packed.storage(
        for: matrix, layout: layout, byteCount: bytes,
        pieces: bytes == 0 ? 0 : ceilingDivision(columns, kernels.nr)
      ) { [table] storage, panels in
        var args = weft_block_pack_args()
        args.format = matrix.format.kernelValue
        args.source = matrix.pointer
        args.k = depth
        args.n = columns
        args.packed = UnsafeMutableRawPointer(storage.base)
        table.blocks.pointee.pack(&args, panels.lowerBound, panels.upperBound)
        withExtendedLifetime(matrix.storage) {}
      }
      return PackedBlocks(format: matrix.format, storage: storage)
    } catch {
      throw .tensor(error)
    }
  }
}
