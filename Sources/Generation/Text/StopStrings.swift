/// Ends a text where one of some strings begins, and holds back what may become one.
public struct StopStrings: Sendable {
  private let stops: [[UInt8]]
  private var held: [UInt8] = []
  /// The string that ended the text.
  public private(set) var found: String?

  /// Stops at any of `strings`; empty ones are left out.
  public init(_ strings: [String]) {
    stops = strings.filter { !$0.isEmpty }.map { Array($0.utf8) }
  }

  /// What of the text is certain once `text` is added: neither a stop string nor the beginning of
  /// one. Nothing comes after a stop string.
  public mutating func append(_ text: String) -> String {
    guard found == nil else { return "" }
    if stops.isEmpty { return text }
    held += text.utf8
    var (start, longest): (Int?, [UInt8]) = (nil, [])
    for stop in stops {
      guard let at = StopStrings.first(stop, in: held) else { continue }
      if at < start ?? .max || (at == start && stop.count > longest.count) {
        (start, longest) = (at, stop)
      }
    }
    if let start {
      found = String(decoding: longest, as: UTF8.self)
      defer { held = [] }
      return String(decoding: held[..<start], as: UTF8.self)
    }
    let waiting = stops.map { StopStrings.overlap(of: held, with: $0) }.max() ?? 0
    defer { held.removeFirst(held.count - waiting) }
    return String(decoding: held.dropLast(waiting), as: UTF8.self)
  }

  /// What was held back, once the text ends without a stop string.
  public mutating func finish() -> String {
    defer { held = [] }
    return String(decoding: held, as: UTF8.self)
  }

  private static func first(_ stop: [UInt8], in text: [UInt8]) -> Int? {
    guard text.count >= stop.count else { return nil }
    return (0...text.count - stop.count).first { text[$0..<$0 + stop.count].elementsEqual(stop) }
  }

  /// How many bytes at the end of `text` begin `stop`.
  private static func overlap(of text: [UInt8], with stop: [UInt8]) -> Int {
    let most = min(text.count, stop.count - 1)
    return stride(from: most, to: 0, by: -1).first {
      text.suffix($0).elementsEqual(stop.prefix($0))
    } ?? 0
  }
}
