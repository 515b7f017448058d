/// Joins the encodings of one text or of a pair, and adds the special tokens around them.
public protocol PostProcessor: Sendable {
  /// How many special tokens are added.
  func addedTokenCount(isPair: Bool) -> Int
  /// The whole encoding. The second text's tokens come with type id 1.
  func process(_ first: Encoding, _ second: Encoding?, addSpecialTokens: Bool) -> Encoding
}

/// What happens where the file names no post-processor: the texts' tokens, one after the other.
struct Joining: PostProcessor {
  func addedTokenCount(isPair: Bool) -> Int { 0 }

  func process(_ first: Encoding, _ second: Encoding?, addSpecialTokens: Bool) -> Encoding {
    var joined = first
    if let second { joined.append(second) }
    return joined
  }
}
