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
