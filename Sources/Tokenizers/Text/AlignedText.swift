/// A text on its way to tokens: its scalars, each with the bytes of the original that it comes from.
///
/// A slice shares the storage of the text that it was cut from; indices stay those of the whole.
public struct AlignedText: Sendable {
  /// The scalars as they are now.
  public private(set) var scalars: ArraySlice<Unicode.Scalar>
  /// For each scalar, the UTF-8 bytes of the original text that it stands for.
  public private(set) var origins: ArraySlice<Range<Int>>

  /// The text as it was given.
  public init(_ text: String) {
    var scalars: [Unicode.Scalar] = []
    var origins: [Range<Int>] = []
    scalars.reserveCapacity(text.utf8.count)
    origins.reserveCapacity(text.utf8.count)
    var offset = 0
    for scalar in text.unicodeScalars {
      let end = offset + UTF8.width(scalar)
      scalars.append(scalar)
      origins.append(offset..<end)
      offset = end
    }
    self.scalars = scalars[...]
    self.origins = origins[...]
  }

  private init(scalars: ArraySlice<Unicode.Scalar>, origins: ArraySlice<Range<Int>>) {
    self.scalars = scalars
    self.origins = origins
  }

  /// The positions of the scalars.
  public var indices: Range<Int> { scalars.indices }

  /// The number of scalars.
  public var count: Int { scalars.count }

  /// Whether there is no scalar.
  public var isEmpty: Bool { scalars.isEmpty }

  /// The scalars as a string.
  public var string: String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  /// A part of the text.
  public subscript(range: Range<Int>) -> AlignedText {
    AlignedText(scalars: scalars[range], origins: origins[range])
  }

  /// The bytes of the original that the scalars in `range` stand for; empty for none.
  public func origin(of range: Range<Int>) -> Range<Int> {
    guard !range.isEmpty else { return 0..<0 }
    // Reordered marks may come from later bytes than the last scalar's.
    let part = origins[range]
    let lower = part.reduce(part[range.lowerBound].lowerBound) { min($0, $1.lowerBound) }
    return lower..<part.reduce(lower) { max($0, $1.upperBound) }
  }

  /// Puts what `replace` emits in the place of each scalar: nothing, one scalar or several.
  public mutating func replaceEach(
    _ replace: (Unicode.Scalar, (Unicode.Scalar) -> Void) -> Void
  ) {
    var newScalars: [Unicode.Scalar] = []
    var newOrigins: [Range<Int>] = []
    newScalars.reserveCapacity(count)
    newOrigins.reserveCapacity(count)
    for i in scalars.indices {
      let origin = origins[i]
      replace(scalars[i]) { scalar in
        newScalars.append(scalar)
        newOrigins.append(origin)
      }
    }
    scalars = newScalars[...]
    origins = newOrigins[...]
  }

  /// Puts other scalars in the place of all, each with the bytes that it stands for.
  mutating func replace(scalars new: [Unicode.Scalar], origins: [Range<Int>]) {
    precondition(new.count == origins.count, "a scalar without its bytes")
    scalars = new[...]
    self.origins = origins[...]
  }

  /// Puts scalars before the text, unless it is empty; they stand for what its first scalar does.
  public mutating func prepend(_ prefix: [Unicode.Scalar]) {
    guard let first = origins.first else { return }
    scalars = (prefix + scalars)[...]
    origins = (prefix.map { _ in first } + origins)[...]
  }

  /// Puts `content` in the place of each occurrence of `pattern`, from the left.
  mutating func replace(_ pattern: SearchPattern, with content: [Unicode.Scalar]) {
    guard var match = pattern.firstMatch(in: scalars, from: indices.lowerBound) else { return }
    var newScalars: [Unicode.Scalar] = []
    var newOrigins: [Range<Int>] = []
    var from = indices.lowerBound
    while true {
      newScalars += scalars[from..<match.lowerBound]
      newOrigins += origins[from..<match.lowerBound]
      let origin = origin(of: match)
      newScalars += content
      newOrigins += content.map { _ in origin }
      from = match.upperBound
      guard from < indices.upperBound,
        let next = pattern.firstMatch(in: scalars, from: from)
      else { break }
      match = next
    }
    newScalars += scalars[from...]
    newOrigins += origins[from...]
    replace(scalars: newScalars, origins: newOrigins)
  }

  /// Sorts the scalars of `range` by `key`, keeping the order of equal ones.
  public mutating func sort(_ range: Range<Int>, by key: (Unicode.Scalar) -> UInt8) {
    let sorted = range.map { (key(scalars[$0]), $0) }.sorted { $0 < $1 }
    let old = self[range]
    for (i, (_, from)) in zip(range, sorted) {
      scalars[i] = old.scalars[from]
      origins[i] = old.origins[from]
    }
  }
}
