/// Changes a text before it is split: letter case, accents, forms of Unicode.
public protocol Normalizer: Sendable {
  /// Changes `text` in its place.
  func normalize(_ text: inout AlignedText)
}
