/// The parts of tokenizers that Weft ships. A new part is a file of its own and a line here.
public enum StandardTokenizerParts {
  /// All of them, in the order of the alphabet within a kind.
  public static let all: [TokenizerPart] =
    normalizers + preTokenizers + models + postProcessors + decoders

  private static let normalizers: [TokenizerPart] = [
    .normalizer("BertNormalizer", BertNormalizer.init),
    .normalizer("Lowercase", LowercaseNormalizer.init),
    .normalizer("NFC") { UnicodeFormNormalizer($0, .c) },
    .normalizer("NFD") { UnicodeFormNormalizer($0, .d) },
    .normalizer("NFKC") { UnicodeFormNormalizer($0, .kc) },
    .normalizer("NFKD") { UnicodeFormNormalizer($0, .kd) },
    .normalizer("Nmt", NmtNormalizer.init),
    .normalizer("Precompiled", PrecompiledNormalizer.init),
    .normalizer("Prepend", PrependNormalizer.init),
    .normalizer("Replace", ReplaceNormalizer.init),
    .normalizer("Sequence", SequenceNormalizer.init),
    .normalizer("Strip", StripNormalizer.init),
    .normalizer("StripAccents", StripAccentsNormalizer.init),
  ]

  private static let preTokenizers: [TokenizerPart] = [
    .preTokenizer("BertPreTokenizer", BertPreTokenizer.init),
    .preTokenizer("ByteLevel", ByteLevelPreTokenizer.init),
    .preTokenizer("CharDelimiterSplit", DelimiterPreTokenizer.init),
    .preTokenizer("Digits", DigitsPreTokenizer.init),
    .preTokenizer("Metaspace", MetaspacePreTokenizer.init),
    .preTokenizer("Punctuation", PunctuationPreTokenizer.init),
    .preTokenizer("Sequence", SequencePreTokenizer.init),
    .preTokenizer("Split", SplitPreTokenizer.init),
    .preTokenizer("Whitespace", WhitespacePreTokenizer.init),
    .preTokenizer("WhitespaceSplit", WhitespaceSplitPreTokenizer.init),
  ]

  private static let models: [TokenizerPart] = [
    .model("BPE", BytePairEncoding.init),
    .model("Unigram", Unigram.init),
    .model("WordLevel", WordLevel.init),
    .model("WordPiece", WordPiece.init),
  ]

  private static let postProcessors: [TokenizerPart] = [
    .postProcessor("BertProcessing", BertProcessing.init),
    .postProcessor("ByteLevel", ByteLevelProcessing.init),
    .postProcessor("RobertaProcessing", RobertaProcessing.init),
    .postProcessor("Sequence", SequenceProcessing.init),
    .postProcessor("TemplateProcessing", TemplateProcessing.init),
  ]

  private static let decoders: [TokenizerPart] = [
    .decoder("BPEDecoder", SuffixDecoder.init),
    .decoder("ByteFallback", ByteFallbackDecoder.init),
    .decoder("ByteLevel", ByteLevelDecoder.init),
    .decoder("Fuse", FuseDecoder.init),
    .decoder("Metaspace", MetaspaceDecoder.init),
    .decoder("Replace", ReplaceDecoder.init),
    .decoder("Sequence", SequenceDecoder.init),
    .decoder("Strip", StripDecoder.init),
    .decoder("WordPiece", WordPieceDecoder.init),
  ]
}
