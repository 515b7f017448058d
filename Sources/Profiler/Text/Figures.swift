/// Numbers as reports write them; the same in every locale.
public enum Figures {
  /// `value` with `digits` digits after the point.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return value.isNaN ? "–" : "\(value)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 9e18 else { return "\(value)" }
    let (whole, rest) = Int(scaled).quotientAndRemainder(dividingBy: Int(scale))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return sign + "\(whole)" }
    let fraction = "\(rest)"
    return "\(sign)\(whole)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  /// `value` with about three digits: `0.123`, `12.3`, `1234`.
  static func short(_ value: Double) -> String {
    fixed(value, value.magnitude < 10 ? 2 : value.magnitude < 100 ? 1 : 0)
  }

  /// Milliseconds with three digits after the point.
  static func milliseconds(_ value: Double) -> String { fixed(value, 3) }

  /// `86.1 MiB`.
  public static func bytes(_ count: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var (value, unit) = (Double(count), 0)
    while value >= 1023.5, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return unit == 0 ? "\(count) B" : "\(short(value)) \(units[unit])"
  }

  /// `12,345`.
  static func grouped(_ count: Int) -> String {
    var digits = Array(String(count.magnitude))
    for at in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: at) }
    return (count < 0 ? "-" : "") + String(digits)
  }

  /// The middle of `values`, the mean of the two middle ones where their number is even; 0 for none.
  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return 0 }
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  /// The median of `values`, and the median of their distances from it; 0 for none.
  static func medianAndDeviation(_ values: [Double]) -> (median: Double, deviation: Double) {
    let middle = median(values)
    return (middle, median(values.map { ($0 - middle).magnitude }))
  }

  /// The value that `share` (0…1) of `values` are below, between its two neighbours in proportion;
  /// 0 for none.
  static func quantile(_ share: Double, of values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.last else { return 0 }
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    guard below + 1 < sorted.count else { return last }
    return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
  }
}
