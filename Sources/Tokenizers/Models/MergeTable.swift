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
}

/// Which pairs of tokens are merged into which token, and which come first.
struct MergeTable: Sendable {
  private struct Merge: Sendable {
    var rank: Int32
    var result: Int32
  }

  /// A pair that may be merged, as it was when it was found.
  private struct Candidate: Comparable {
    var rank: Int32
    var position: Int
    var result: Int32

    static func < (a: Candidate, b: Candidate) -> Bool {
      (a.rank, a.position) < (b.rank, b.position)
    }
  }

  private var merges: [UInt64: Merge] = [:]

  /// Reads an array of pairs, each `["a", "b"]` or, in older files, `"a b"`.
  init(_ field: JSONField, _ vocabulary: Vocabulary, continuingPrefix: String)
    throws(JSONFieldError)
  {
    guard case .array(let elements) = field.value else { throw field.error(expected: "an array") }
    merges.reserveCapacity(elements.count)
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
      merges[MergeTable.key(ids[0], ids[1])] = Merge(rank: rank, result: ids[2])
    }
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

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// Merges until no pair of neighbours is left that can be, lowest rank first, leftmost of equals.
  func mergeAll(_ symbols: inout [MergeSymbol]) {
    guard symbols.count > 1 else { return }
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
      guard let merge = merges[MergeTable.key(symbols[i].id, right.id)],
        merge.result == candidate.result
      else { continue }
      symbols[symbols[i].next].isAlive = false
      symbols[i].id = merge.result
      symbols[i].range =
        min(
          symbols[i].range.lowerBound, right.range.lowerBound)..<max(
          symbols[i].range.upperBound, right.range.upperBound)
      symbols[i].next = right.next
      if right.next >= 0 { symbols[right.next].previous = i }
      if symbols[i].previous >= 0 { add(symbols[i].previous, symbols, to: &candidates) }
      add(i, symbols, to: &candidates)
    }
  }

  private func add(_ i: Int, _ symbols: [MergeSymbol], to candidates: inout Heap<Candidate>) {
    guard symbols[i].next >= 0,
      let merge = merges[MergeTable.key(symbols[i].id, symbols[symbols[i].next].id)]
    else { return }
    candidates.insert(Candidate(rank: merge.rank, position: i, result: merge.result))
  }
}
