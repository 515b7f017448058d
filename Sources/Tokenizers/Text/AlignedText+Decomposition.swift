import Foundation

extension AlignedText {
  /// Puts the text into Unicode's normalization form D: each scalar decomposed, marks in order.
  ///
  /// Scalar by scalar, so that every result knows where it comes from.
  public mutating func decomposeCanonically() {
    guard scalars.contains(where: { $0.value >= 0xC0 }) else { return }
    var known: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    replaceEach { scalar, emit in
      guard scalar.value >= 0xC0 else { return emit(scalar) }
      if let parts = known[scalar] { return parts.forEach(emit) }
      let parts = Array(String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars)
      known[scalar] = parts
      parts.forEach(emit)
    }
    orderMarks()
  }

  /// Sorts each run of combining marks by their class (Unicode 3.11, D109).
  private mutating func orderMarks() {
    func combiningClass(_ scalar: Unicode.Scalar) -> UInt8 {
      scalar.value < 0x300 ? 0 : scalar.properties.canonicalCombiningClass.rawValue
    }
    var start: Int?
    for i in scalars.indices {
      if combiningClass(scalars[i]) != 0 {
        start = start ?? i
      } else if let from = start {
        if i - from > 1 { sort(from..<i, by: combiningClass) }
        start = nil
      }
    }
    if let from = start, scalars.endIndex - from > 1 {
      sort(from..<scalars.endIndex, by: combiningClass)
    }
  }
}
