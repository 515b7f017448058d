import Foundation

extension AlignedText {
  /// Puts decomposed text into Unicode's normalization form C: marks joined to the letters that they
  /// follow (Unicode 3.11, D117).
  public mutating func compose() {
    guard scalars.contains(where: { $0.value >= 0x300 }) else { return }
    var composer = Composer()
    var newScalars: [Unicode.Scalar] = []
    var newOrigins: [Range<Int>] = []
    // Where the last starter stands, and the class of the last mark after it.
    var starter: Int?
    var lastClass: UInt8 = 0
    for i in scalars.indices {
      let scalar = scalars[i]
      let mark = scalar.combiningClass
      if let at = starter, at == newScalars.count - 1 || lastClass < mark,
        let joined = composer.join(newScalars[at], scalar)
      {
        newScalars[at] = joined
        newOrigins[at] =
          min(
            newOrigins[at].lowerBound, origins[i].lowerBound)..<max(
            newOrigins[at].upperBound, origins[i].upperBound)
        continue
      }
      if mark == 0 { starter = newScalars.count }
      lastClass = mark
      newScalars.append(scalar)
      newOrigins.append(origins[i])
    }
    replace(scalars: newScalars, origins: newOrigins)
  }
}

/// Which two characters are one.
private struct Composer {
  private struct Pair: Hashable {
    var first: Unicode.Scalar
    var second: Unicode.Scalar
  }

  private var known: [Pair: Unicode.Scalar?] = [:]

  /// The character that both make together, or nil.
  mutating func join(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
    // No character below U+0300 is the second of a pair.
    guard second.value >= 0x300 else { return nil }
    if let syllable = Composer.syllable(first, second) { return syllable }
    let pair = Pair(first: first, second: second)
    if let known = known[pair] { return known }
    var text = String.UnicodeScalarView()
    text.append(first)
    text.append(second)
    let form = String(text).precomposedStringWithCanonicalMapping.unicodeScalars
    let joined = form.count == 1 ? form.first : nil
    known[pair] = .some(joined)
    return joined
  }

  /// The Hangul syllable of a syllable without end and a final consonant (Unicode 3.12), which
  /// Foundation doesn't join.
  private static func syllable(
    _ open: Unicode.Scalar, _ final: Unicode.Scalar
  ) -> Unicode.Scalar? {
    let (first, count): (UInt32, UInt32) = (0xAC00, 11172)
    guard (0x11A8...0x11C2).contains(final.value), open.value >= first,
      open.value < first + count, (open.value - first) % 28 == 0
    else { return nil }
    return Unicode.Scalar(open.value + final.value - 0x11A7)
  }
}

extension Unicode.Scalar {
  /// The canonical combining class: 0 for what isn't a mark.
  var combiningClass: UInt8 { value < 0x300 ? 0 : properties.canonicalCombiningClass.rawValue }
}
