/// A regular expression, for finding the words of a text.
///
/// The first alternative that leads to a match counts, as in Perl and Oniguruma. Time is bounded by
/// the expression's size times the length of what is looked at: where a match is tried again and
/// again, what has failed before is remembered.
struct Pattern: Sendable {
  /// One step of a match.
  enum Instruction: Sendable {
    /// Takes one character of the set.
    case take(Int)
    /// Takes at least and at most so many characters of the set: as many as there are, giving back
    /// one by one, or none.
    case span(Int, from: Int, to: Int, givesBack: Bool)
    /// Goes on with the next instruction and, should that fail, at `other`; at once where the next
    /// character isn't in the set.
    case attempt(Int?, other: Int)
    /// Goes on at `other`, and with the next instruction should that fail.
    case prefer(other: Int)
    case jump(Int)
    /// Matches what follows up to its own `accept`, then goes on at `end`.
    case look(isNegative: Bool, takes: Bool, end: Int)
    case start
    case end
    case accept
  }

  private let instructions: [Instruction]
  private let sets: [ScalarClass]
  /// What a match begins with, where that is known.
  private let first: ScalarClass?

  /// The expression that `text` writes down.
  init(_ text: String) throws(PatternParser.Failure) {
    let node = try PatternParser.parse(text)
    var compiler = PatternCompiler()
    try compiler.compile(node)
    compiler.add(.accept)
    instructions = compiler.instructions
    sets = compiler.sets
    first = node.first
  }

  /// The next match at or after `start` that isn't empty.
  func firstMatch(in text: ArraySlice<Unicode.Scalar>, from start: Int) -> Range<Int>? {
    let base = text.startIndex
    return text.withUnsafeBufferPointer { text in
      instructions.withUnsafeBufferPointer { instructions in
        sets.withUnsafeBufferPointer { sets in
          var matcher = PatternMatcher(instructions: instructions, sets: sets, text: text)
          for at in (start - base)..<text.count {
            if let first, !first.contains(text[at]) { continue }
            if let end = matcher.match(at: at), end > at { return at + base..<end + base }
          }
          return nil
        }
      }
    }
  }
}
