import ArgumentParser

/// An amount of memory as people write it: 64MB, 1.5GiB, 4096.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  private static let units: [String: Double] = [
    "": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 0x1p10, "mib": 0x1p20,
    "gib": 0x1p30, "tib": 0x1p40,
  ]

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let text = argument.filter { !$0.isWhitespace }.lowercased()
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let value = Double(digits), let unit = Self.units[String(text.dropFirst(digits.count))],
      value * unit >= 1, value * unit < 0x1p60
    else { return nil }
    bytes = Int(value * unit)
  }

  /// As help shows a default.
  var defaultValueDescription: String {
    let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
    let unit = units.first { bytes >= $0.1 && bytes.isMultiple(of: $0.1) }
    return unit.map { "\(bytes / $0.1)\($0.0)" } ?? "\(bytes)"
  }
}
