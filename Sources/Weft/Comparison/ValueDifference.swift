/// How far one tensor is from another of the same extents, which counts as right.
public struct ValueDifference: Sendable, Hashable {
  /// The largest |a − b|; NaN where one is NaN and the other isn't the same.
  public private(set) var largest = 0.0
  private var absolute = 0.0
  private var squares = 0.0
  private var aa = 0.0
  private var bb = 0.0
  private var ab = 0.0
  private var count = 0

  /// The difference of `b` from `a`.
  public init(_ a: Tensor, _ b: Tensor) {
    for i in 0..<min(a.count, b.count) { add(a.double(at: i), b.double(at: i)) }
  }

  private mutating func add(_ x: Double, _ y: Double) {
    count += 1
    // Equal infinities differ by nothing.
    let difference = x == y || x.isNaN && y.isNaN ? 0 : x - y
    absolute += difference.magnitude
    squares += difference * difference
    if difference.isNaN || largest.isNaN {
      largest = .nan
    } else {
      largest = max(largest, difference.magnitude)
    }
    guard x.isFinite, y.isFinite else { return }
    aa += x * x
    bb += y * y
    ab += x * y
  }

  /// The mean |a − b|.
  public var mean: Double { count == 0 ? 0 : absolute / Double(count) }

  /// √(Σ (a − b)² / Σ a²).
  public var relative: Double { squares == 0 ? 0 : (squares / aa).squareRoot() }

  /// The cosine of the angle between both as vectors; 1 where both are zero.
  public var cosine: Double {
    if aa == 0 && bb == 0 { return 1 }
    return aa == 0 || bb == 0 ? 0 : min(max(ab / (aa * bb).squareRoot(), -1), 1)
  }
}
