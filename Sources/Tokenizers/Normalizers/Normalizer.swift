import Formats

/// Changes a text before it is split: letter case, accents, forms of Unicode.
public protocol Normalizer: Sendable {
  /// Changes `text` in its place.
  func normalize(_ text: inout AlignedText)
}

/// Every normalizer.
let normalizers = PartTable<any Normalizer>(
  kind: "normalizer",
  entries: [
    ("BertNormalizer", BertNormalizer.init),
    ("Prepend", PrependNormalizer.init),
    ("Replace", ReplaceNormalizer.init),
    ("Sequence", SequenceNormalizer.init),
  ])
