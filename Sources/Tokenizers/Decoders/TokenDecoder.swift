/// Turns tokens back into text.
public protocol TokenDecoder: Sendable {
  /// What a token's text hangs on; streams of tokens ask. By default on all tokens, which is always right.
  var reach: DecodingReach { get }
  /// The texts whose concatenation is the decoded text.
  func decode(_ tokens: [String]) -> [String]
}

extension TokenDecoder {
  public var reach: DecodingReach { .all }
}

/// What the text of a token hangs on.
public enum DecodingReach: Int, Sendable, Hashable, Comparable, CaseIterable {
  /// On the token and those just before it: a stream decodes a few tokens for each that comes.
  case neighbors
  /// On all tokens before it: a stream decodes all anew for each that comes.
  case before
  /// On tokens behind it, too: a stream gives its text once the last token is there.
  case all

  public static func < (a: DecodingReach, b: DecodingReach) -> Bool { a.rawValue < b.rawValue }
}
