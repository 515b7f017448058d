/// A text that grows to its limit and no further: what is written is counted before it is copied.
struct BoundedText {
  /// Why a text doesn't take what it was given.
  enum Fault: Error {
    /// It would have more bytes than its limit.
    case full
    /// JSON has no such kind.
    case kind(String)
  }

  private(set) var text = ""
  /// The most bytes.
  let limit: Int

  init(limit: Int) { self.limit = limit }

  mutating func append(_ part: String) throws(Fault) {
    guard part.utf8.count <= limit - text.utf8.count else { throw .full }
    text += part
  }

  mutating func append(_ part: Unicode.Scalar) throws(Fault) {
    guard text.utf8.count < limit else { throw .full }
    text.unicodeScalars.append(part)
  }
}
