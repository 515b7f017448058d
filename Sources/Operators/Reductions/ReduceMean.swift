import IR

/// The mean of reals along axes. Without axes: of all elements.
public struct ReduceMean: ReductionOp {
  public static let signature = OpSignature.reduction("reduce_mean", "The mean along axes.")
  public static let reduction = Reduction.mean

  public let axes: [Int]
  public let keep: Bool

  public init(axes: [Int] = [], keep: Bool = false) {
    self.axes = axes
    self.keep = keep
  }
}
