import CKernels

/// The C kernels for one instruction set that this machine can run.
///
/// `@unchecked Sendable`: points to a constant table in the C target.
public struct KernelTable: @unchecked Sendable {
  /// The table of function pointers.
  public let functions: UnsafePointer<weft_kernel_table>

  /// The product of bytes on this instruction set.
  public let int8: UnsafePointer<weft_int8_kernels>

  /// The product of blocks on this instruction set.
  public let blocks: UnsafePointer<weft_block_kernels>

  /// Attention with products in bf16 on this instruction set; nil where it has no instruction for them.
  public let bf16: UnsafePointer<weft_bf16_kernels>?

  /// The kernels for `functions`, a table that the C target returned, with the best products of bytes
  /// and of blocks that this machine has for it, or given ones, and products in bf16 where the machine
  /// has them and `bf16` doesn't say otherwise.
  public init(
    functions: UnsafePointer<weft_kernel_table>, int8: UnsafePointer<weft_int8_kernels>? = nil,
    blocks: UnsafePointer<weft_block_kernels>? = nil, bf16: Bool = true
  ) {
    self.bf16 = bf16 ? weft_bf16_kernels_for(functions.pointee.isa) : nil
    self.functions = functions
    self.int8 = int8 ?? weft_int8_kernels_best(functions.pointee.isa)
    self.blocks = blocks ?? weft_block_kernels_best(functions.pointee.isa)
  }

  /// `avx512`, `avx2`, `neon` or `portable`.
  public var name: String { String(cString: functions.pointee.name) }
}
