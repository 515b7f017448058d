extension Unicode.Scalar {
  /// White space by Unicode's property.
  var isSpace: Bool {
    value < 0x80
      ? value == 0x20 || (value >= 0x09 && value <= 0x0D) : properties.isWhitespace
  }

  /// The general category as of Unicode 8, which Hugging Face's library looks it up in: to it,
  /// later characters have none.
  private var bertCategory: Unicode.GeneralCategory {
    (properties.age?.major ?? 0) <= 8 ? properties.generalCategory : .unassigned
  }

  /// Control, format, private use or unassigned (the categories C*), except tab, LF and CR.
  var isBertControl: Bool {
    if value < 0x80 {
      return (value < 0x20 && value != 0x09 && value != 0x0A && value != 0x0D) || value == 0x7F
    }
    switch bertCategory {
    case .control, .format, .privateUse, .surrogate: return true
    default: return false
    }
  }

  /// The CJK ideographs that BERT sets apart as words, without kana, hangul and later blocks.
  var isBertIdeograph: Bool {
    switch value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
      // 0x2B820 is what the block begins with; the reference has 0x2B920, and vocabularies follow it.
      0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
      return true
    default: return false
    }
  }

  /// ASCII's punctuation and symbols, and Unicode's categories P*.
  var isBertPunctuation: Bool {
    switch value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
    case ..<0x80: return false
    default: break
    }
    switch bertCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      return true
    default: return false
    }
  }

  /// A mark that takes no room of its own (Mn), such as an accent.
  var isNonspacingMark: Bool {
    value >= 0x300 && bertCategory == .nonspacingMark
  }

  /// A character of words, as `\w` in regular expressions (UTS 18).
  var isWordCharacter: Bool {
    if properties.isAlphabetic || properties.isJoinControl { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
      return true
    default: return false
    }
  }
}
