import Formats

/// How SentencePiece writes spaces: as `▁`, also before a text's first word.
struct Metaspace: Sendable {
  /// Which texts get a mark before their first word.
  enum Prepending: String, CaseIterable, Sendable {
    case always, first, never
  }

  /// The character for a space.
  let mark: Unicode.Scalar
  let prepending: Prepending
  /// Whether words are cut apart before each mark.
  let splits: Bool

  /// Reads `replacement`, `prepend_scheme` (`add_prefix_space` in older files) and `split`.
  init(_ field: JSONField) throws(JSONFieldError) {
    let replacement = try field.member("replacement")
    let scalars = Array(try replacement?.string().unicodeScalars ?? "▁".unicodeScalars)
    guard scalars.count == 1 else {
      throw (replacement ?? field).error(expected: "one character")
    }
    mark = scalars[0]
    splits = try field.member("split")?.bool() ?? true
    guard let scheme = try field.member("prepend_scheme") else {
      prepending = try field.member("add_prefix_space")?.bool() ?? true ? .always : .never
      return
    }
    guard let known = Prepending(rawValue: try scheme.string()) else {
      throw scheme.error(expected: "always, first or never")
    }
    prepending = known
  }
}
