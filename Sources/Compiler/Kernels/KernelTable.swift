import CKernels

/// The C kernels for one instruction set that this machine can run.
///
/// `@unchecked Sendable`: points to a constant table in the C target.
public struct KernelTable: @unchecked Sendable {
  /// The table of function pointers.
  public let functions: UnsafePointer<weft_kernel_table>

  /// The kernels for `functions`, a table that the C target returned.
  public init(functions: UnsafePointer<weft_kernel_table>) { self.functions = functions }

  /// `avx512`, `avx2`, `neon` or `portable`.
  public var name: String { String(cString: functions.pointee.name) }
}
