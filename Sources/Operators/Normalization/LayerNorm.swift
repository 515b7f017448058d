import Compiler
import IR

/// Layer normalization of the last axis (Ba et al., 2016):
/// y = weight · (s − mean s) / √(variance s + epsilon) + bias, where s = x + residual.
///
/// x and residual [..., width], weight and bias [width] → [..., width], with `keeps_sum` a second
/// result s.
public struct LayerNorm: Normalizing, InPlace, Costed, Evaluable {
  public static let signature = OpSignature(
    "layer_norm", "Layer normalization of the last axis of x, or of x + residual.",
    category: .normalization,
    operands: [
      .required("x"), .optional("weight"), .optional("bias"), .optional("residual"),
    ],
    attributes: [
      .init("epsilon", .double, default: .double(1e-5)),
      .init("keeps_sum", .bool, default: .bool(false)),
    ])

  /// Whether a weight is the operand after x.
  public var hasWeight: Bool
  /// Whether a bias is the operand after those before.
  public var hasBias: Bool
  /// Whether a residual is the last operand.
  public var hasResidual: Bool
  /// What is added to the variance.
  public var epsilon: Double
  /// Whether x + residual is a second result.
  public var keepsSum: Bool

  /// A norm with the given parts.
  public init(
    weight: Bool = true, bias: Bool = true, residual: Bool = false, epsilon: Double = 1e-5,
    keepsSum: Bool = false
  ) {
    hasWeight = weight
    hasBias = bias
    hasResidual = residual
    self.epsilon = epsilon
    self.keepsSum = keepsSum
  }

  public init(_ attributes: Attributes) throws(OpError) {
    hasWeight = try attributes.bool("weight")
    hasBias = try attributes.bool("bias")
    hasResidual = try attributes.bool("residual")
    epsilon = try attributes.double("epsilon")
    keepsSum = try attributes.bool("keeps_sum")
    try checkAttributes()
  }

  public var attributes: Attributes {
    [
      "weight": .bool(hasWeight), "bias": .bool(hasBias), "residual": .bool(hasResidual),
      "epsilon": .double(epsilon), "keeps_sum": .bool(keepsSum),
    ]
  }

  /// (x − mean x) / √(variance x + epsilon)
  func normalize(_ row: [Double]) -> [Double] { LayerNorm.normalize(row, epsilon: epsilon) }

  /// (x − mean x) / √(variance x + epsilon)
  static func normalize(_ row: [Double], epsilon: Double) -> [Double] {
    let mean = row.reduce(0, +) / Double(row.count)
    let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
    return row.map { ($0 - mean) / (variance + epsilon).squareRoot() }
  }
}

extension LayerNorm: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    try makeNormKernel(request, .layerNorm)
  }
}
