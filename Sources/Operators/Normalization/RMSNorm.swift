import Compiler
import IR

/// Root-mean-square normalization of the last axis (Zhang and Sennrich, 2019):
/// y = weight · s / √(mean s² + epsilon), where s = x + residual.
///
/// x and residual [..., width], weight [width] → [..., width], with `keeps_sum` a second result s.
public struct RMSNorm: Normalizing, InPlace, Costed, Evaluable {
  public static let signature = OpSignature(
    "rms_norm", "Root-mean-square normalization of the last axis of x, or of x + residual.",
    category: .normalization,
    operands: [.required("x"), .optional("weight"), .optional("residual")],
    attributes: [
      .init("epsilon", .double, default: .double(1e-6)),
      .init("keeps_sum", .bool, default: .bool(false)),
    ])

  /// Whether a weight is the operand after x.
  public var hasWeight: Bool
  /// Whether a residual is the last operand.
  public var hasResidual: Bool
  /// What is added to the mean square.
  public var epsilon: Double
  /// Whether x + residual is a second result.
  public var keepsSum: Bool

  /// A norm with the given parts.
  public init(
    weight: Bool = true, residual: Bool = false, epsilon: Double = 1e-6, keepsSum: Bool = false
  ) {
    hasWeight = weight
    hasResidual = residual
    self.epsilon = epsilon
    self.keepsSum = keepsSum
  }

  public init(_ attributes: Attributes) throws(OpError) {
    hasWeight = try attributes.bool("weight")
    hasResidual = try attributes.bool("residual")
    epsilon = try attributes.double("epsilon")
    keepsSum = try attributes.bool("keeps_sum")
    try checkAttributes()
  }

  public var attributes: Attributes {
    [
      "weight": .bool(hasWeight), "residual": .bool(hasResidual), "epsilon": .double(epsilon),
      "keeps_sum": .bool(keepsSum),
    ]
  }

  var hasBias: Bool { false }

  /// x / √(mean x² + epsilon)
  func normalize(_ row: [Double]) -> [Double] {
    let square = row.reduce(0) { $0 + $1 * $1 } / Double(row.count)
    return row.map { $0 / (square + epsilon).squareRoot() }
  }
}

extension RMSNorm: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    try makeNormKernel(request, .rmsNorm)
  }
}
