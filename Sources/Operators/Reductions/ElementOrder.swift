/// The order in which the largest come first: NaN before all numbers.
enum ElementOrder {
  /// Whether `a` comes before `b`.
  @inline(__always)
  static func isBefore(_ a: Double, _ b: Double) -> Bool { a > b || (a.isNaN && !b.isNaN) }

  /// Whether `a` comes before `b`.
  @inline(__always)
  static func isBefore(_ a: Int, _ b: Int) -> Bool { a > b }
}
