import IR

/// The largest along axes; NaN where there is one. Without axes: of all elements.
public struct ReduceMax: ReductionOp {
  public static let signature = OpSignature.reduction("reduce_max", "The largest along axes.")
  public static let reduction = Reduction.max

  public let axes: [Int]
  public let keep: Bool

  public init(axes: [Int] = [], keep: Bool = false) {
    self.axes = axes
    self.keep = keep
  }
}
