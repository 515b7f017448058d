import Foundation

/// What the model itself thought of a token: natural logarithms of probabilities, before any
/// penalty, temperature or filter.
public struct LogProbabilities: Sendable, Hashable {
  /// A token and the logarithm of its probability.
  public struct Entry: Sendable, Hashable {
    /// The token.
    public var token: Int32
    /// The natural logarithm of its probability.
    public var value: Float

    /// An entry from its parts.
    public init(token: Int32, value: Float) {
      self.token = token
      self.value = value
    }
  }

  /// The token that was chosen.
  public let chosen: Entry
  /// The likeliest tokens, the likeliest first.
  public let top: [Entry]

  /// Those of `token`, with the `count` likeliest.
  public init(of token: Int32, top count: Int, in logits: UnsafeBufferPointer<Float>) {
    let normalizer = LogProbabilities.normalizer(logits)
    func entry(_ i: Int) -> Entry {
      Entry(token: Int32(i), value: Float(Double(logits[i]) - normalizer))
    }
    chosen =
      logits.indices.contains(Int(token))
      ? entry(Int(token)) : Entry(token: token, value: -.infinity)
    top = Self.largest(count, of: logits).map(entry)
  }

  /// The logarithm of the sum of exponentials: what is taken from a logit for the logarithm of its
  /// probability.
  public static func normalizer(_ logits: UnsafeBufferPointer<Float>) -> Double {
    guard let largest = VectorMath.largest(logits), largest.value < .infinity else { return .nan }
    let sum = withUnsafeTemporaryAllocation(of: Float.self, capacity: logits.count) {
      VectorMath.exponentials(of: logits, shift: largest.value, into: $0)
    }
    return Double(largest.value) + log(sum)
  }

  /// Where the `count` largest stand, the largest first; of equals the first.
  static func largest(_ count: Int, of x: UnsafeBufferPointer<Float>) -> [Int] {
    var places: [Int] = []
    guard count > 0 else { return places }
    var bar = -Float.infinity
    for i in x.indices where places.count < count || x[i] > bar {
      guard x[i] == x[i] else { continue }
      let at = places.firstIndex { x[$0] < x[i] } ?? places.endIndex
      places.insert(i, at: at)
      if places.count > count { places.removeLast() }
      if places.count == count, let last = places.last { bar = x[last] }
    }
    return places
  }
}
