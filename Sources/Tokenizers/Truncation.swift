import Formats

/// How a text that is too long is cut, as the tokenizer's file has it.
public struct Truncation: Sendable, Hashable {
  /// Which text of a pair is cut; the other one too, where that isn't enough.
  public enum Strategy: String, Sendable, Hashable, CaseIterable {
    /// The longer one, until both are equally long, then both.
    case longestFirst = "LongestFirst"
    /// The first.
    case onlyFirst = "OnlyFirst"
    /// The second.
    case onlySecond = "OnlySecond"
  }

  /// The number of tokens that is kept, special tokens included.
  public var maximumLength: Int
  /// Which text of a pair is cut.
  public var strategy = Strategy.longestFirst
  /// The end that is cut off.
  public var direction = Direction.right

  /// A truncation from its parts.
  public init(
    maximumLength: Int, strategy: Strategy = .longestFirst, direction: Direction = .right
  ) {
    self.maximumLength = maximumLength
    self.strategy = strategy
    self.direction = direction
  }

  /// Reads `max_length`, `strategy` and `direction`.
  init(_ field: JSONField) throws(JSONFieldError) {
    maximumLength = try field.required("max_length", "the number of tokens")
      .integer(in: 0...Int(Int32.max))
    if let strategy = try field.member("strategy") { self.strategy = try strategy.oneOf() }
    if let direction = try field.member("direction") { self.direction = try direction.oneOf() }
  }

  /// Cuts one text or a pair to `length` tokens in all.
  func apply(to first: inout Encoding, _ second: inout Encoding?, length: Int) {
    let (a, b) = (first.count, second?.count ?? 0)
    guard a + b > length else { return }
    var (keepA, keepB) = (a, b)
    switch second == nil ? .onlyFirst : strategy {
    case .onlyFirst:
      keepB = min(b, length)
      keepA = length - keepB
    case .onlySecond:
      keepA = min(a, length)
      keepB = length - keepA
    case .longestFirst:
      // The shorter stays whole where the longer can make room for it.
      let shorter = min(a, b)
      if shorter * 2 <= length {
        (keepA, keepB) = a <= b ? (a, length - a) : (length - b, b)
      } else {
        let half = length / 2
        (keepA, keepB) = a <= b ? (half, length - half) : (length - half, half)
      }
    }
    first.truncate(to: keepA, direction: direction)
    second?.truncate(to: keepB, direction: direction)
  }
}

extension JSONField {
  /// The case that the string names.
  func oneOf<T: RawRepresentable<String> & CaseIterable>() throws(JSONFieldError) -> T {
    guard let value = T(rawValue: try string()) else {
      throw error(
        expected: "one of: " + T.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return value
  }
}
