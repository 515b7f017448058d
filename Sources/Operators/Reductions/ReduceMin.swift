import IR

/// The smallest along axes; NaN where there is one. Without axes: of all elements.
public struct ReduceMin: ReductionOp {
  public static let signature = OpSignature.reduction("reduce_min", "The smallest along axes.")
  public static let reduction = Reduction.min

  public let axes: [Int]
  public let keep: Bool

  public init(axes: [Int] = [], keep: Bool = false) {
    self.axes = axes
    self.keep = keep
  }
}
