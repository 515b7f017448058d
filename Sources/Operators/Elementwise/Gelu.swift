import CKernels
import IR

/// The Gaussian error linear unit, x Φ(x): Hendrycks and Gimpel 2016, arXiv:1606.08415.
///
/// none: x/2 (1 + erf(x/√2)). tanh: x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))).
public struct Gelu: ElementwiseOp {
  /// How Φ is computed.
  public enum Approximation: String, CaseIterable, Sendable { case none, tanh }

  public static let signature = OpSignature.unary(
    "gelu", "The Gaussian error linear unit x · Φ(x), exact or by tanh.", category: .activation,
    attributes: [
      .init(
        "approximation", .string(Approximation.allCases.map(\.rawValue)),
        default: .string(Approximation.none.rawValue))
    ])

  /// How Φ is computed.
  public let approximation: Approximation

  /// A gelu.
  public init(approximation: Approximation = .none) { self.approximation = approximation }

  public init(_ attributes: Attributes) throws(OpError) {
    approximation = try attributes.choice("approximation")
  }

  public var attributes: Attributes { ["approximation": .string(approximation.rawValue)] }

  public var function: ScalarFunction {
    switch approximation {
    case .none:
      // At -∞ the limit, 0, rather than -∞ · 0.
      .real(WEFT_OP_GELU_ERF) { x in
        x == -.infinity ? 0 : x / 2 * (1 + Math.erf(x / 2.0.squareRoot()))
      }
    case .tanh:
      .real(WEFT_OP_GELU_TANH) { x in
        x / 2 * (1 + Math.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
      }
    }
  }
}
