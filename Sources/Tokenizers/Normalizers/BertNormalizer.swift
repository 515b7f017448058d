import Formats

/// What BERT does to a text: control characters out, ideographs apart, accents off, lower case.
///
/// Devlin et al., *BERT*, 2019, `BasicTokenizer`.
struct BertNormalizer: Normalizer {
  /// Whether control characters go and every white space becomes a space.
  var cleansText = true
  /// Whether a space is put on both sides of each CJK ideograph.
  var separatesIdeographs = true
  /// Whether accents go (form D without nonspacing marks).
  var stripsAccents = true
  /// Whether letters become lower case.
  var lowercases = true

  /// Reads `clean_text`, `handle_chinese_chars`, `strip_accents` (null: as `lowercase`), `lowercase`.
  init(_ field: JSONField) throws(JSONFieldError) {
    cleansText = try field.member("clean_text")?.bool() ?? true
    separatesIdeographs = try field.member("handle_chinese_chars")?.bool() ?? true
    lowercases = try field.member("lowercase")?.bool() ?? true
    stripsAccents = try field.member("strip_accents")?.bool() ?? lowercases
  }

  func normalize(_ text: inout AlignedText) {
    if cleansText { clean(&text) }
    if separatesIdeographs { separateIdeographs(&text) }
    if stripsAccents { text.decompose() }
    if stripsAccents || lowercases { foldLetters(&text) }
  }

  private func clean(_ text: inout AlignedText) {
    text.replaceEach { scalar, emit in
      if scalar == "\0" || scalar == "\u{FFFD}" || scalar.isBertControl { return }
      emit(scalar.isSpace ? " " : scalar)
    }
  }

  private func separateIdeographs(_ text: inout AlignedText) {
    guard text.scalars.contains(where: \.isBertIdeograph) else { return }
    text.replaceEach { scalar, emit in
      guard scalar.isBertIdeograph else { return emit(scalar) }
      emit(" ")
      emit(scalar)
      emit(" ")
    }
  }

  private func foldLetters(_ text: inout AlignedText) {
    text.replaceEach { scalar, emit in
      if scalar.value < 0x80 {
        let isUpper = lowercases && scalar.value >= 0x41 && scalar.value <= 0x5A
        return emit(isUpper ? Unicode.Scalar(UInt8(scalar.value | 0x20)) : scalar)
      }
      if stripsAccents, scalar.isNonspacingMark { return }
      guard lowercases, scalar.properties.changesWhenLowercased else { return emit(scalar) }
      scalar.properties.lowercaseMapping.unicodeScalars.forEach(emit)
    }
  }
}
