/// Splits a normalized text into the words that the model looks at one by one.
public protocol PreTokenizer: Sendable {
  /// The words of `text`, in order. What is in none of them is dropped.
  func split(_ text: AlignedText) -> [AlignedText]
}
