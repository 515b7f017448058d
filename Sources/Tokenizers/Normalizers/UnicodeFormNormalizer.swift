import Formats

/// Puts a text into one of Unicode's normalization forms (Unicode Standard Annex 15).
struct UnicodeFormNormalizer: Normalizer {
  /// The forms: decomposed or composed, K where what only looks different becomes the same.
  enum Form { case c, d, kc, kd }

  private let form: Form

  /// There is nothing to set.
  init(_ field: JSONField, _ form: Form) { self.form = form }

  func normalize(_ text: inout AlignedText) {
    text.decompose(compatibly: form == .kc || form == .kd)
    if form == .c || form == .kc { text.compose() }
  }
}
