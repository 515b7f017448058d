import IR

/// The sum along axes; integers wrap. Without axes: of all elements.
public struct ReduceSum: ReductionOp {
  public static let signature = OpSignature.reduction("reduce_sum", "The sum along axes.")
  public static let reduction = Reduction.sum

  public let axes: [Int]
  public let keep: Bool

  public init(axes: [Int] = [], keep: Bool = false) {
    self.axes = axes
    self.keep = keep
  }
}
