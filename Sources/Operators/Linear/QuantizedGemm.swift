import CKernels
import Compiler
import Executor
import Tensors

/// The product with weights in bytes, of which each output has one scale. ``QuantizedProduct`` is the
/// definition.
struct QuantizedGemm: RoundedProduct {
  let table: KernelTable

  private var kernels: weft_int8_kernels { table.int8.pointee }

  /// The kernel of `segments`, which were packed for `table`.
  static func kernel(
    table: KernelTable, rows: Int, depth: Int, x: OperandSource,
    segments: [GemmSegment<Storage>], epilogue: GemmEpilogue
  ) -> RoundedGemmKernel<QuantizedGemm> {
    let product = QuantizedGemm(table: table)
    let kernels = product.kernels
    return RoundedGemmKernel(
      name: "u8s8-gemm-\(String(cString: kernels.name))-\(kernels.mr)x\(kernels.nr)", product,
      depth: depth, x: x, segments: segments, epilogue: epilogue,
      grid: GemmGrid(
        roundedRows: rows, depth: depth,
        panels: segments.map { ceilingDivision($0.columns, kernels.nr) },
        panelWidth: kernels.nr))
  }

  func roundedByteCount(rows: Int, depth: Int) -> Int { kernels.quantized_size(rows, depth) }

  func panel(_ i: Int, of packed: Storage, depth: Int) -> UnsafeRawBufferPointer {
    let count = kernels.packed_size(depth, kernels.nr)
    return UnsafeRawBufferPointer(start: packed.base + i * count, count: count)
  }

  func round(
    _ x: UnsafePointer<Float>, count: Int, depth: Int, into rounded: UnsafeMutableRawPointer
  ) {
    var args = weft_int8_quantize_args()
    args.x = x
    args.x_stride = depth
    args.k = depth
    args.quantized = rounded
    table.int8.pointee.quantize(&args, 0, count)
  }

  func multiply(
    _ rounded: UnsafeRawPointer, _ packed: Storage, _ args: weft_gemm_args, rows: Int,
    panels: Range<Int>, scratch: UnsafeMutableRawPointer
  ) {
    var whole = weft_int8_gemm_args()
    whole.quantized = rounded
    whole.packed = UnsafeRawPointer(packed.base)
    whole.product = args
    table.int8.pointee.gemm(&whole, 0, rows, panels.lowerBound, panels.upperBound)
  }
}

extension KernelRequest {
  /// A constant matrix of bytes packed for the product of bytes, shared by all plans.
  ///
  /// `transposed` says that `matrix` is stored [columns, depth].
  func packedMatrix(_ matrix: Int8Matrix, transposed: Bool) throws(KernelError) -> Storage {
    let (depth, columns) =
      transposed ? (matrix.columns, matrix.rows) : (matrix.rows, matrix.columns)
    let kernels = table.int8.pointee
    let kind = "\(String(cString: kernels.name))-\(kernels.nr)"
    let layout = "u8s8-gemm-\(kind)-\(transposed ? "t" : "n")"
    let bytes = kernels.packed_size(depth, columns)
    if bytes == 0 && columns > 0 { throw .tensor(.tooLarge(.f32, matrix.dims)) }
    do {
      return try packed.storage(
        for: matrix, layout: layout, byteCount: bytes,
        pieces: bytes == 0 ? 0 : ceilingDivision(columns, kernels.nr)
      ) { [table] storage, panels in
        var args = weft_int8_pack_args()
        args.source = matrix.pointer
        args.row_stride = transposed ? 1 : columns
        args.column_stride = transposed ? depth : 1
        args.scales = UnsafeRawPointer(matrix.scales.pointer)
        args.k = depth
        args.n = columns
        args.packed = storage.base
        table.int8.pointee.pack(&args, panels.lowerBound, panels.upperBound)
        withExtendedLifetime((matrix.storage, matrix.scales.storage)) {}
      }
    } catch {
      throw .tensor(error)
    }
  }
}
