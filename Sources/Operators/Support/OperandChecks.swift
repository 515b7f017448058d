import IR
import Tensors

extension OpError {
  /// Another number of operands than `expected`.
  public static func operandCount(_ expected: Int, found: Int) -> OpError {
    .operandCount(expected: expected == 1 ? "1 operand" : "\(expected) operands", found: found)
  }
}

/// The checks that most result type rules begin with.
extension [TensorType] {
  /// Checks that there are `count` operands.
  public func check(count expected: Int) throws(OpError) {
    guard count == expected else {
      throw .operandCount(expected, found: count)
    }
  }

  /// Checks that operand `i` has `rank` axes, and gives its type.
  @discardableResult
  public func check(_ i: Int, rank: Int) throws(OpError) -> TensorType {
    guard self[i].rank == rank else { throw .rank(operand: i, expected: "\(rank)") }
    return self[i]
  }

  /// Checks that operand `i` has `rank` axes or more, and gives its type.
  @discardableResult
  public func check(_ i: Int, rankAtLeast rank: Int) throws(OpError) -> TensorType {
    guard self[i].rank >= rank else { throw .rank(operand: i, expected: "\(rank) or more") }
    return self[i]
  }

  /// Checks that operand `i` holds real numbers.
  public func checkReal(_ i: Int) throws(OpError) {
    try check(i, dtypes: DType.reals)
  }

  /// Checks the element type of operand `i`.
  public func check(_ i: Int, dtypes: [DType]) throws(OpError) {
    guard dtypes.contains(self[i].dtype) else { throw .dtype(operand: i, expected: dtypes) }
  }

  /// Checks that axis `axis` of operand `i` is as long as axis `other` of operand `j`; negative axes
  /// count from the last. Both operands have the axes.
  public func check(
    _ i: Int, axis: Int, equals j: Int, axis other: Int, rule: String
  ) throws(OpError) {
    guard self[i].extent(axis) == self[j].extent(other) else {
      throw .extents(rule: rule, .init(i, axis), .init(j, other))
    }
  }

  /// Checks that operand `i` is a vector as long as axis `other` of operand `j`.
  public func checkVector(
    _ i: Int, along j: Int, axis other: Int, rule: String
  ) throws(OpError) {
    try checkReal(i)
    try check(i, rank: 1)
    try check(i, axis: 0, equals: j, axis: other, rule: rule)
  }
}

extension TensorType {
  /// The extent of `axis`, which counts from the last where it is negative.
  public func extent(_ axis: Int) -> Dim { shape.dims[axis < 0 ? rank + axis : axis] }
}

extension Dim {
  /// Whether both extents are known and this one is the smaller.
  func isKnownLess(than other: Dim) -> Bool {
    guard let a = value, let b = other.value else { return false }
    return a < b
  }
}

/// The product of sizes that aren't negative, saturating at `Int.max`.
public func saturatingProduct(_ factors: [Int]) -> Int {
  factors.contains(0)
    ? 0
    : factors.reduce(1) { product, factor in
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      return overflow ? .max : next
    }
}

/// `(a + b - 1) / b` for sizes that aren't negative.
func ceilingDivision(_ a: Int, _ b: Int) -> Int { a / b + (a % b == 0 ? 0 : 1) }

extension Int {
  /// The sum of sizes that aren't negative, saturating at `Int.max`.
  func saturatingAdding(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
