import Formats

/// Turns tokens back into text.
public protocol TokenDecoder: Sendable {
  /// The texts whose concatenation is the decoded text.
  func decode(_ tokens: [String]) -> [String]
}

/// Every decoder.
let decoders = PartTable<any TokenDecoder>(
  kind: "decoder",
  entries: [
    ("BPEDecoder", SuffixDecoder.init),
    ("ByteFallback", ByteFallbackDecoder.init),
    ("ByteLevel", ByteLevelDecoder.init),
    ("Fuse", FuseDecoder.init),
    ("Metaspace", MetaspaceDecoder.init),
    ("Replace", ReplaceDecoder.init),
    ("Sequence", SequenceDecoder.init),
    ("Strip", StripDecoder.init),
    ("WordPiece", WordPieceDecoder.init),
  ])
