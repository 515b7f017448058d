import Compiler

extension PlannedGraph {
  /// Bytes of weights that one run reads.
  public var weightByteCount: Int {
    steps.indices.reduce(0) { sum, step in
      let (total, overflow) = sum.addingReportingOverflow(
        Int(clamping: Int64(StepWork(of: self, step: step).weightByteCount)))
      return overflow ? .max : total
    }
  }
}
