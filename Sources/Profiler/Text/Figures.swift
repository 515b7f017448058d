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

  /// How far the median of `values`, which were measured one after the other, may be off by chance, 99
  /// times of 100; nil for fewer than two.
  ///
  /// Neighbours aren't independent: a machine is slow for a while. So values are taken in ten stretches
  /// (of fewer than ten, one by one), whose medians are spread as their mean is, times √10.
  static func noise(_ values: [Double]) -> Double? {
    let count = min(10, values.count)
    guard count > 1 else { return nil }
    let medians = (0..<count).map { i in
      median(Array(values[i * values.count / count..<(i + 1) * values.count / count]))
    }
    let mean = medians.reduce(0, +) / Double(count)
    let variance = medians.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
    return students99[count - 2] * (variance / Double(count)).squareRoot()
  }

  /// Student's distribution: what holds 99 % on both sides, for 1…9 degrees of freedom.
  private static let students99 = [63.66, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.250]

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
