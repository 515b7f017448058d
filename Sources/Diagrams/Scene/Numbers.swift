import Tensors

/// Numbers and shapes as a diagram writes them.
enum Numbers {
  /// `22.7 M`.
  static func short(_ count: Int) -> String {
    let units: [(Double, String)] = [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " K")]
    for (size, unit) in units where Double(count) >= size {
      return threeDigits(Double(count) / size) + unit
    }
    return "\(count)"
  }

  /// `86.6 MB`.
  static func bytes(_ count: Int) -> String {
    count < 1000 ? "\(count) B" : short(count).replacing("K", with: "k") + "B"
  }

  /// `1.23 ms`, `2.81 GFLOP`, `86.6 MB`, or a plain number.
  static func amount(_ value: Double, unit: String) -> String {
    switch unit {
    case "B": bytes(Int(min(value, 1e18)))
    case "": value < 1000 ? real(value) : short(Int(min(value, 1e18)))
    case "FLOP":
      value < 1000
        ? "\(Int(value)) FLOP" : short(Int(min(value, 1e18))).replacing("K", with: "k") + "FLOP"
    default: decimal(value) + " " + unit
    }
  }

  /// Three digits, such as `0.00123`, `1.23` or `123`.
  private static func decimal(_ value: Double) -> String {
    if value >= 9995 { return grouped(Int(value.rounded())) }
    if value >= 1 { return threeDigits(value) }
    if value <= 0 { return "0" }
    let digits = value >= 0.1 ? 3 : value >= 0.01 ? 4 : 5
    let scale = [3: 1e3, 4: 1e4, 5: 1e5][digits, default: 1e5]
    let text = String(Int((value * scale).rounded()))
    return "0." + String(repeating: "0", count: max(digits - text.count, 0)) + text
  }

  private static func threeDigits(_ value: Double) -> String {
    let digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
    let scale = [1.0, 10, 100][digits]
    let scaled = Int((value * scale).rounded())
    guard digits > 0 else { return "\(scaled)" }
    let fraction = String(scaled % Int(scale))
    let zeros = String(repeating: "0", count: digits - fraction.count)
    return "\(scaled / Int(scale)).\(zeros)\(fraction)"
  }

  /// `12,345`.
  static func grouped(_ count: Int) -> String {
    var digits = Array(String(count.magnitude))
    for at in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: at) }
    return (count < 0 ? "-" : "") + String(digits)
  }

  /// `0.125`, `1e-12`: six digits at most.
  static func real(_ value: Double) -> String {
    let text = Float(value).description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// `batch × tokens × 384`, with the element type where it isn't f32.
  static func shape(_ type: TensorType) -> String {
    let dims = type.shape.dims.map { dim in
      let text = dim.description
      return text.contains(" ") ? "(\(text))" : text
    }
    let shape = dims.isEmpty ? "scalar" : dims.joined(separator: " × ")
    return type.dtype == .f32 ? shape : "\(shape) \(type.dtype)"
  }

  /// The same, always with the element type.
  static func type(_ type: TensorType) -> String {
    type.dtype == .f32 ? "\(shape(type)) f32" : shape(type)
  }
}

extension Diagram {
  /// An amount as pictures write it: `1.23 ms`, `2.81 GFLOP`, `86.6 MB`.
  public static func amount(_ value: Double, unit: String) -> String {
    Numbers.amount(value, unit: unit)
  }
}
