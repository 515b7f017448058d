import IR
import Tensors

extension TensorType {
  /// `axis` counted from the first; a negative one counts from the last.
  public func axis(_ axis: Int, attribute: String = "axis") throws(OpError) -> Int {
    let normalized = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(normalized) else {
      throw .attributeRange(attribute, rule: "axis \(axis) of a tensor of rank \(rank)")
    }
    return normalized
  }
}

extension Shape {
  /// Refuses a known extent below 1, which the attribute `name` gave.
  func requirePositive(_ name: String) throws(OpError) {
    for dim in dims {
      if let value = dim.value, value < 1 {
        throw .attributeRange(name, rule: "extent \(value) is below 1")
      }
    }
  }
}
