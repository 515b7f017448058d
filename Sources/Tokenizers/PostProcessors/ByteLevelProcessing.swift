import Formats

/// Takes the spaces that words of the byte alphabet carry out of their offsets; adds no tokens.
struct ByteLevelProcessing: PostProcessor {
  private let trimsOffsets: Bool
  private let addsPrefixSpace: Bool

  /// Reads `trim_offsets` and `add_prefix_space`.
  init(_ field: JSONField) throws(JSONFieldError) {
    trimsOffsets = try field.member("trim_offsets")?.bool() ?? true
    addsPrefixSpace = try field.member("add_prefix_space")?.bool() ?? true
  }

  func addedTokenCount(isPair: Bool) -> Int { 0 }

  func process(_ first: Encoding, _ second: Encoding?, addSpecialTokens: Bool) -> Encoding {
    var (first, second) = (first, second)
    if trimsOffsets {
      first.mapOffsets(trimmed)
      second?.mapOffsets(trimmed)
    }
    return Joining().process(first, second, addSpecialTokens: addSpecialTokens)
  }

  private func trimmed(_ token: String, _ range: Range<Int>) -> Range<Int> {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool {
      scalar == ByteAlphabet.space || scalar.isSpace
    }
    var leading = token.unicodeScalars.prefix(while: isSpace).count
    let trailing = token.unicodeScalars.reversed().prefix(while: isSpace).count
    // The space that was put before the text isn't in it.
    if leading > 0, range.lowerBound == 0, addsPrefixSpace { leading -= 1 }
    let lower = min(range.lowerBound + leading, range.upperBound)
    return lower..<max(range.upperBound - trailing, lower)
  }
}
