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
    ("Lowercase", LowercaseNormalizer.init),
    ("NFC", { UnicodeFormNormalizer($0, .c) }),
    ("NFD", { UnicodeFormNormalizer($0, .d) }),
    ("NFKC", { UnicodeFormNormalizer($0, .kc) }),
    ("NFKD", { UnicodeFormNormalizer($0, .kd) }),
    ("Nmt", NmtNormalizer.init),
    ("Precompiled", PrecompiledNormalizer.init),
    ("Prepend", PrependNormalizer.init),
    ("Replace", ReplaceNormalizer.init),
    ("Sequence", SequenceNormalizer.init),
    ("Strip", StripNormalizer.init),
    ("StripAccents", StripAccentsNormalizer.init),
  ])
