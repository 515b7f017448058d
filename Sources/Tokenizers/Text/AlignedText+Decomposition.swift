import Foundation

extension AlignedText {
  /// Puts the text into Unicode's normalization form D, or KD where characters that only look
  /// different are to become the same: each scalar decomposed, marks in order.
  ///
  /// Scalar by scalar, so that every result knows where it comes from.
  public mutating func decompose(compatibly: Bool = false) {
    // Nothing below these decomposes.
    let first: UInt32 = compatibly ? 0xA0 : 0xC0
    guard scalars.contains(where: { $0.value >= first }) else { return }
    var known: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    replaceEach { scalar, emit in
      guard scalar.value >= first else { return emit(scalar) }
      if let parts = known[scalar] { return parts.forEach(emit) }
      let text = String(scalar)
      let form =
        compatibly
        ? text.decomposedStringWithCompatibilityMapping : text.decomposedStringWithCanonicalMapping
      let parts = Array(form.unicodeScalars)
      known[scalar] = parts
      parts.forEach(emit)
    }
    orderMarks()
  }

  /// Sorts each run of combining marks by their class (Unicode 3.11, D109).
  private mutating func orderMarks() {
    var start: Int?
    for i in scalars.indices {
      if scalars[i].combiningClass != 0 {
        start = start ?? i
      } else if let from = start {
        if i - from > 1 { sort(from..<i, by: \.combiningClass) }
        start = nil
      }
    }
    if let from = start, scalars.endIndex - from > 1 {
      sort(from..<scalars.endIndex, by: \.combiningClass)
    }
  }
}
