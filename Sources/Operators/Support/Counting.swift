import Tensors

extension Int {
  /// `self * other`, or the largest integer where that doesn't fit. Both are at least 0.
  func multipliedSaturating(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}

extension TensorType {
  /// The number of elements of a concrete type, saturating; 0 for a symbolic one.
  var elements: Int {
    guard let dims = shape.values else { return 0 }
    return dims.reduce(1) { $0.multipliedSaturating(by: $1) }
  }
}
