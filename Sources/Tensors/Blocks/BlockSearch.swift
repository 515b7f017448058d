/// Levels and scales of a few neighbouring reals, searched for by least squares.
///
/// For a number of scales near that which spans the reals, levels are rounded, and for these levels the
/// scale (and the minimum) of the least squared error is solved for; the best of all is kept. Numbers
/// count by their magnitude, as in llama.cpp: a large weight's error does more.
enum BlockSearch {
  /// How many scales are tried on either side.
  private static let steps = 10

  /// `x[i] ≈ scale · level[i]`, levels from −lowest to lowest − 1.
  static func centered(
    _ x: UnsafePointer<Float>, count: Int, lowest: Int, levels: inout [Int]
  ) -> Float {
    var extreme: Float = 0
    for i in 0..<count where x[i].magnitude > extreme.magnitude { extreme = x[i] }
    guard extreme.magnitude > 1e-30 else {
      for i in 0..<count { levels[i] = 0 }
      return 0
    }
    var best: (scale: Float, gain: Double) = (0, -1)
    for step in -steps...steps {
      let inverse = -(Float(lowest) + 0.1 * Float(step)) / extreme
      var (xq, qq) = (0.0, 0.0)
      for i in 0..<count {
        let q = Double(level(x[i] * inverse, -lowest, lowest - 1))
        let weight = Double(x[i]) * Double(x[i])
        xq += weight * Double(x[i]) * q
        qq += weight * q * q
      }
      // For the best scale, xq / qq, the squared error is smaller by xq² / qq than that of zeros.
      if qq > 0, xq * xq / qq > best.gain { best = (Float(xq / qq), xq * xq / qq) }
    }
    let inverse = best.scale.isNormal ? 1 / best.scale : 0
    for i in 0..<count { levels[i] = level(x[i] * inverse, -lowest, lowest - 1) }
    return best.scale
  }

  /// `x[i] ≈ scale · level[i] − minimum`, levels from 0 to `largest`, scale and minimum from 0.
  static func fromMinimum(
    _ x: UnsafePointer<Float>, count: Int, largest: Int
  ) -> (scale: Float, minimum: Float) {
    var (least, most) = (x[0], x[0])
    var squares = 0.0
    for i in 0..<count {
      (least, most) = (min(least, x[i]), max(most, x[i]))
      squares += Double(x[i]) * Double(x[i])
    }
    least = min(least, 0)
    guard most - least > 1e-30 else { return (0, -least) }
    let middle = (squares / Double(count)).squareRoot()
    var best: (scale: Float, minimum: Float, error: Double) = (0, 0, .infinity)
    for step in -steps...steps {
      let inverse = (Float(largest) + 0.1 * Float(step)) / (most - least)
      let fit = fit(x, count, middle) { level((x[$0] - least) * inverse, 0, largest) }
      guard let fit else { continue }
      var error = 0.0
      let back = fit.scale.isNormal ? 1 / fit.scale : 0
      for i in 0..<count {
        let q = level((x[i] + fit.minimum) * back, 0, largest)
        let difference = Double(fit.scale * Float(q) - fit.minimum - x[i])
        error += (middle + Double(x[i].magnitude)) * difference * difference
      }
      if error < best.error { best = (fit.scale, fit.minimum, error) }
    }
    guard best.error.isFinite else { return ((most - least) / Float(largest), -least) }
    return (best.scale, best.minimum)
  }

  /// Scale and minimum of the least weighted squared error for given levels.
  private static func fit(
    _ x: UnsafePointer<Float>, _ count: Int, _ middle: Double, _ level: (Int) -> Int
  ) -> (scale: Float, minimum: Float)? {
    var (w, wq, wqq, wx, wxq) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for i in 0..<count {
      let (q, value) = (Double(level(i)), Double(x[i]))
      let weight = middle + value.magnitude
      w += weight
      wq += weight * q
      wqq += weight * q * q
      wx += weight * value
      wxq += weight * value * q
    }
    let determinant = w * wqq - wq * wq
    guard determinant > 0 else { return nil }
    var scale = (w * wxq - wx * wq) / determinant
    var minimum = (wq * wxq - wqq * wx) / determinant
    // The minimum is stored as a number from 0 that is taken away.
    if minimum < 0 { (scale, minimum) = (wqq > 0 ? wxq / wqq : 0, 0) }
    return scale > 0 ? (Float(scale), Float(minimum)) : nil
  }

  /// The nearest integer of `range`; `value` is finite.
  static func level(_ value: Float, _ least: Int, _ most: Int) -> Int {
    Int(min(max(value.rounded(.toNearestOrEven), Float(least)), Float(most)))
  }
}
