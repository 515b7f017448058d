import CKernels
import Tensors

extension DType {
  /// The element type as the C kernels call it.
  var kernelType: weft_dtype {
    switch self {
    case .f32: WEFT_F32
    case .f16: WEFT_F16
    case .bf16: WEFT_BF16
    case .i32: WEFT_I32
    case .i64: WEFT_I64
    case .bool: WEFT_BOOL
    }
  }

  /// f32, f16 and bf16.
  static let reals: [DType] = [.f32, .f16, .bf16]

  /// Every type but bool.
  static let numbers: [DType] = [.f32, .f16, .bf16, .i32, .i64]
}
