import Formats

/// Splits a normalized text into the words that the model looks at one by one.
public protocol PreTokenizer: Sendable {
  /// The words of `text`, in order. What is in none of them is dropped.
  func split(_ text: AlignedText) -> [AlignedText]
}

/// Every pre-tokenizer.
let preTokenizers = PartTable<any PreTokenizer>(
  kind: "pre-tokenizer",
  entries: [
    ("BertPreTokenizer", BertPreTokenizer.init),
    ("ByteLevel", ByteLevelPreTokenizer.init),
    ("CharDelimiterSplit", DelimiterPreTokenizer.init),
    ("Digits", DigitsPreTokenizer.init),
    ("Metaspace", MetaspacePreTokenizer.init),
    ("Punctuation", PunctuationPreTokenizer.init),
    ("Sequence", SequencePreTokenizer.init),
    ("Split", SplitPreTokenizer.init),
    ("Whitespace", WhitespacePreTokenizer.init),
    ("WhitespaceSplit", WhitespaceSplitPreTokenizer.init),
  ])
