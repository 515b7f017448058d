import Formats

/// Makes letters lower case.
struct LowercaseNormalizer: Normalizer {
  /// There is nothing to set.
  init(_ field: JSONField) throws(JSONFieldError) {}

  func normalize(_ text: inout AlignedText) {
    text.replaceEach { scalar, emit in
      scalar.properties.lowercaseMapping.unicodeScalars.forEach(emit)
    }
  }
}

/// Takes combining marks out of decomposed text.
struct StripAccentsNormalizer: Normalizer {
  /// There is nothing to set.
  init(_ field: JSONField) throws(JSONFieldError) {}

  func normalize(_ text: inout AlignedText) {
    text.replaceEach { scalar, emit in
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .spacingMark, .enclosingMark: break
      default: emit(scalar)
      }
    }
  }
}

/// Takes white space off a text's ends.
struct StripNormalizer: Normalizer {
  private let left: Bool
  private let right: Bool

  /// Reads `strip_left` and `strip_right`.
  init(_ field: JSONField) throws(JSONFieldError) {
    left = try field.member("strip_left")?.bool() ?? true
    right = try field.member("strip_right")?.bool() ?? true
  }

  func normalize(_ text: inout AlignedText) {
    var range = text.indices
    while left, let first = range.first, text.scalars[first].isSpace {
      range = first + 1..<range.upperBound
    }
    while right, let last = range.last, text.scalars[last].isSpace {
      range = range.lowerBound..<last
    }
    text = text[range]
  }
}

/// What SentencePiece's `nmt` rules do: control characters out, odd spaces to plain ones.
struct NmtNormalizer: Normalizer {
  /// There is nothing to set.
  init(_ field: JSONField) throws(JSONFieldError) {}

  func normalize(_ text: inout AlignedText) {
    text.replaceEach { scalar, emit in
      switch scalar.value {
      case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: break
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
        emit(" ")
      default: emit(scalar)
      }
    }
  }
}
