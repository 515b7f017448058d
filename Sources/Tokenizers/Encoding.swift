/// A text as tokens: parallel arrays, one element for each token.
public struct Encoding: Sendable, Hashable {
  /// The ids.
  public private(set) var ids: [Int32] = []
  /// The tokens as the vocabulary has them.
  public private(set) var tokens: [String] = []
  /// Which text of a pair a token belongs to, as the post-processor numbers them.
  public private(set) var typeIDs: [Int32] = []
  /// The UTF-8 bytes of the text that each token stands for; empty for special tokens and padding.
  public private(set) var offsets: [Range<Int>] = []
  /// Whether a token was added by the post-processor or by padding.
  public private(set) var isSpecial: [Bool] = []
  /// Whether a token is to be attended to: false for padding.
  public private(set) var attentionMask: [Bool] = []

  /// An encoding without tokens.
  public init() {}

  /// The encoding of tokens that all have one type id.
  public init(_ tokens: [Token], typeID: Int32) {
    for token in tokens { append(token, typeID: typeID, isSpecial: false) }
  }

  /// The number of tokens.
  public var count: Int { ids.count }

  /// Appends a token; special is what the text has not.
  public mutating func append(_ token: Token, typeID: Int32, isSpecial: Bool) {
    ids.append(token.id)
    tokens.append(token.text)
    typeIDs.append(typeID)
    offsets.append(token.range)
    self.isSpecial.append(isSpecial)
    attentionMask.append(true)
  }

  /// Appends another encoding, under another type id if one is given.
  public mutating func append(_ other: Encoding, typeID: Int32? = nil) {
    ids += other.ids
    tokens += other.tokens
    typeIDs += typeID.map { [Int32](repeating: $0, count: other.count) } ?? other.typeIDs
    offsets += other.offsets
    isSpecial += other.isSpecial
    attentionMask += other.attentionMask
  }

  /// Gives each token the offsets that `map` makes of its text and offsets.
  public mutating func mapOffsets(_ map: (String, Range<Int>) -> Range<Int>) {
    for i in offsets.indices { offsets[i] = map(tokens[i], offsets[i]) }
  }

  /// Keeps at most `count` tokens, dropping those at the end that `direction` names.
  public mutating func truncate(to count: Int, direction: Direction = .right) {
    let surplus = self.count - max(0, count)
    guard surplus > 0 else { return }
    let range = direction == .right ? self.count - surplus..<self.count : 0..<surplus
    ids.removeSubrange(range)
    tokens.removeSubrange(range)
    typeIDs.removeSubrange(range)
    offsets.removeSubrange(range)
    isSpecial.removeSubrange(range)
    attentionMask.removeSubrange(range)
  }

  /// Adds padding tokens up to `count`; an encoding that is longer stays as it is.
  public mutating func pad(to count: Int, with padding: Padding) {
    let missing = count - self.count
    guard missing > 0 else { return }
    let at = padding.direction == .right ? self.count : 0
    func insert<T>(_ value: T, into array: inout [T]) {
      array.insert(contentsOf: repeatElement(value, count: missing), at: at)
    }
    insert(padding.id, into: &ids)
    insert(padding.token, into: &tokens)
    insert(padding.typeID, into: &typeIDs)
    insert(0..<0, into: &offsets)
    insert(true, into: &isSpecial)
    insert(false, into: &attentionMask)
  }
}

/// An end of a sequence of tokens.
public enum Direction: String, Sendable, Hashable, CaseIterable {
  /// The beginning.
  case left = "Left"
  /// The end.
  case right = "Right"
}
