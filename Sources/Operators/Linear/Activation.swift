import CKernels
import IR

/// A function that a matrix product applies to each of its results before they reach memory.
public enum Activation: String, CaseIterable, Sendable {
  /// x
  case none
  /// max(x, 0)
  case relu
  /// x/2 · (1 + erf(x/√2)); Hendrycks and Gimpel 2016.
  case gelu
  /// x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))
  case geluTanh = "gelu_tanh"
  /// x / (1 + exp(-x))
  case silu
  /// 1 / (1 + exp(-x))
  case sigmoid
  /// tanh x
  case tanh

  /// The function's value.
  public func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .none: return x
    case .relu: return x.isNaN ? x : max(x, 0)
    case .gelu:
      return x == -.infinity ? 0 : x / 2 * (1 + Math.erf(x / 2.0.squareRoot()))
    case .geluTanh:
      let inner = (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
      return x / 2 * (1 + Math.tanh(inner))
    case .silu: return x / (1 + Math.exp(-x))
    case .sigmoid: return 1 / (1 + Math.exp(-x))
    case .tanh: return Math.tanh(x)
    }
  }

  /// The function's name in the C kernels.
  var kernelValue: weft_activation {
    switch self {
    case .none: WEFT_ACTIVATION_NONE
    case .relu: WEFT_ACTIVATION_RELU
    case .gelu: WEFT_ACTIVATION_GELU_ERF
    case .geluTanh: WEFT_ACTIVATION_GELU_TANH
    case .silu: WEFT_ACTIVATION_SILU
    case .sigmoid: WEFT_ACTIVATION_SIGMOID
    case .tanh: WEFT_ACTIVATION_TANH
    }
  }

  /// Floating-point operations that one value is taken to cost.
  var flops: Int {
    switch self {
    case .none: 0
    case .relu: 1
    case .gelu, .geluTanh: 16
    case .silu, .sigmoid, .tanh: 12
    }
  }
}

extension OpSignature.Attribute {
  /// The attribute `activation`.
  static let activation = OpSignature.Attribute(
    "activation", .string(Activation.allCases.map(\.rawValue)), default: .string("none"))
}
