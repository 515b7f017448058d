import Formats

/// A part of a word while pairs are merged; it knows its living neighbours.
struct MergeSymbol {
  var id: Int32
  var range: Range<Int>
  var previous = -1
  var next = -1
  var isAlive = true

  init(id: Int32, range: Range<Int>) {
    self.id = id
    self.range = range
  }

  /// Becomes the token `id`, which stands for this symbol and the one after it.
  mutating func absorb(_ other: MergeSymbol, as id: Int32) {
    self.id = id
    range =
      min(range.lowerBound, other.range.lowerBound)..<max(range.upperBound, other.range.upperBound)
  }
}

/// Which pairs of tokens are merged into which token, and which come first.
struct MergeTable: Sendable {
  /// Words of so few symbols are searched for the first pair again after each merge; longer ones keep
  /// their pairs in a heap.
  private static let shortWord = 24

  /// A pair that may be merged, as it was when it was found.
  private struct Candidate: Comparable {
    var rank: Int32
    var position: Int
    var result: Int32

    static func < (a: Candidate, b: Candidate) -> Bool {
      (a.rank, a.position) < (b.rank, b.position)
    }
  }

  private var merges: PairTable
  /// Pairs of characters between which a merge can join what stands on both sides.
  private var seams: PairTable

  /// Reads an array of pairs, each `["a", "b"]` or, in older files, `"a b"`.
  init(_ field: JSONField, _ vocabulary: Vocabulary, continuingPrefix: String)
    throws(JSONFieldError)
  {
    guard case .array(let elements) = field.value else { throw field.error(expected: "an array") }
    merges = PairTable(capacity: elements.count)
    seams = PairTable(capacity: elements.count / 4)
    for (rank, value) in elements.enumerated() {
      func element() -> JSONField { JSONField(value, path: .element(field.path, rank)) }
      guard let (left, right) = MergeTable.pair(value), let rank = Int32(exactly: rank) else {
        throw element().error(expected: "two tokens, [\"a\", \"b\"] or \"a b\"")
      }
      let joined =
        left
        + (right.utf8.starts(with: continuingPrefix.utf8)
          ? String(right.unicodeScalars.dropFirst(continuingPrefix.unicodeScalars.count)) : right)
      var ids: [Int32] = []
      for token in [left, right, joined] {
        guard let id = vocabulary.id(of: token) else {
          throw JSONFieldError(
            path: "\(element().path)", expected: "tokens of model.vocab",
            found: "\(token.quotedForMessage), which is none")
        }
        ids.append(id)
      }
      merges[UInt32(bitPattern: ids[0]), UInt32(bitPattern: ids[1])] = .init(
        rank: rank, result: ids[2])
      if let last = left.unicodeScalars.last, let first = right.unicodeScalars.first {
        seams[last.value, first.value] = .init(rank: 0, result: 0)
      }
    }
  }

  /// Whether any merge joins a token that ends with one character and a token that begins with another.
  /// Where none does, what stands on both sides can be merged apart.
  @inline(__always)
  func canJoin(_ last: Unicode.Scalar, _ first: Unicode.Scalar) -> Bool {
    seams[last.value, first.value] != nil
  }

  private static func pair(_ value: JSONValue) -> (String, String)? {
    switch value {
    case .array(let parts):
      guard parts.count == 2, case .string(let left) = parts[0], case .string(let right) = parts[1]
      else { return nil }
      return (left, right)
    case .string(let text):
      let parts = text.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false)
      return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    default: return nil
    }
  }

  /// What becomes of two neighbours; nil where they aren't merged.
  @inline(__always)
  private func merge(_ left: Int32, _ right: Int32) -> PairTable.Entry? {
    merges[UInt32(bitPattern: left), UInt32(bitPattern: right)]
  }

  /// Merges until no pair of neighbours is left that can be, lowest rank first, leftmost of equals.
  /// Merged symbols that live no more are removed.
  func mergeAll(_ symbols: inout [MergeSymbol]) {
    if symbols.count <= MergeTable.shortWord {
      mergeShort(&symbols)
    } else {
      mergeLong(&symbols)
      symbols.removeAll { !$0.isAlive }
    }
  }

  private func mergeShort(_ symbols: inout [MergeSymbol]) {
    guard symbols.count > 1 else { return }
    let none = PairTable.Entry(rank: .max, result: -1)
    var pairs: [PairTable.Entry] = []
    pairs.reserveCapacity(symbols.count - 1)
    for i in 1..<symbols.count {
      pairs.append(merge(symbols[i - 1].id, symbols[i].id) ?? none)
    }
    while true {
      var best = -1
      var rank = Int32.max
      for (i, pair) in pairs.enumerated() where pair.rank < rank { (best, rank) = (i, pair.rank) }
      guard best >= 0 else { return }
      symbols[best].absorb(symbols[best + 1], as: pairs[best].result)
      symbols.remove(at: best + 1)
      pairs.remove(at: best)
      if best > 0 {
        pairs[best - 1] = merge(symbols[best - 1].id, symbols[best].id) ?? none
      }
      if best < pairs.count {
        pairs[best] = merge(symbols[best].id, symbols[best + 1].id) ?? none
      }
    }
  }

  private func mergeLong(_ symbols: inout [MergeSymbol]) {
    var candidates = Heap<Candidate>()
    for i in symbols.indices {
      symbols[i].previous = i - 1
      symbols[i].next = i + 1 < symbols.count ? i + 1 : -1
    }
    for i in symbols.indices { add(i, symbols, to: &candidates) }
    while let candidate = candidates.popMinimum() {
      let i = candidate.position
      guard symbols[i].isAlive, symbols[i].next >= 0 else { continue }
      let right = symbols[symbols[i].next]
      // The pair may have changed since it was found.
      guard let merge = merge(symbols[i].id, right.id), merge.result == candidate.result
      else { continue }
      symbols[symbols[i].next].isAlive = false
      symbols[i].absorb(right, as: merge.result)
      symbols[i].next = right.next
      if right.next >= 0 { symbols[right.next].previous = i }
      if symbols[i].previous >= 0 { add(symbols[i].previous, symbols, to: &candidates) }
      add(i, symbols, to: &candidates)
    }
  }

  private func add(_ i: Int, _ symbols: [MergeSymbol], to candidates: inout Heap<Candidate>) {
    guard symbols[i].next >= 0, let merge = merge(symbols[i].id, symbols[symbols[i].next].id)
    else { return }
    candidates.insert(Candidate(rank: merge.rank, position: i, result: merge.result))
  }
}
