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
    text.withUnsafeBufferPointer { buffer in
      let base = text.startIndex
      for at in (start - base)..<buffer.count {
        if let first, !first.contains(buffer[at]) { continue }
        if let end = match(buffer, at: at), end > at { return at + base..<end + base }
      }
      return nil
    }
  }

  // MARK: Matching

  /// Where to go on when a way fails.
  private struct Choice {
    var instruction: Int
    var position: Int
    /// For a span the fewest characters' end; else the position.
    var lowest: Int
  }

  /// What has failed, once much has.
  private struct Memory {
    var failures = 0
    var seen: Set<UInt64> = []

    /// Whether a way that failed before would be gone again.
    mutating func isKnown(_ choice: Choice) -> Bool {
      failures += 1
      guard failures > 1000 else { return false }
      return !seen.insert(UInt64(choice.instruction) << 44 | UInt64(choice.position)).inserted
    }
  }

  private func match(_ text: UnsafeBufferPointer<Unicode.Scalar>, at start: Int) -> Int? {
    var memory = Memory()
    return run(from: 0, at: start, text, &memory)
  }

  private func run(
    from instruction: Int, at start: Int, _ text: UnsafeBufferPointer<Unicode.Scalar>,
    _ memory: inout Memory
  ) -> Int? {
    var choices: [Choice] = []
    var (pc, at) = (instruction, start)
    while true {
      var isAlive = true
      switch instructions[pc] {
      case .accept: return at
      case .take(let set):
        isAlive = at < text.count && sets[set].contains(text[at])
        at += 1
        pc += 1
      case .span(let set, let from, let to, let givesBack):
        let limit = to < text.count - at ? at + to : text.count
        var end = at
        while end < limit, sets[set].contains(text[end]) { end += 1 }
        isAlive = end - at >= from
        pc += 1
        if givesBack, end - at > from {
          choices.append(Choice(instruction: pc, position: end - 1, lowest: at + from))
        }
        at = end
      case .attempt(let set, let other):
        if let set, at >= text.count || !sets[set].contains(text[at]) {
          pc = other
        } else {
          choices.append(Choice(instruction: other, position: at, lowest: at))
          pc += 1
        }
      case .prefer(let other):
        choices.append(Choice(instruction: pc + 1, position: at, lowest: at))
        pc = other
      case .jump(let target): pc = target
      case .look(let isNegative, let takes, let end):
        // A memory of its own: a way that led to this part's end has not failed.
        var inner = Memory()
        let found = run(from: pc + 1, at: at, text, &inner)
        isAlive = (found == nil) == isNegative
        if takes, let found { at = found }
        pc = end
      case .start:
        isAlive = at == 0
        pc += 1
      case .end:
        isAlive = at == text.count
        pc += 1
      }
      if isAlive { continue }
      guard let choice = Pattern.next(&choices, &memory) else { return nil }
      (pc, at) = (choice.instruction, choice.position)
    }
  }

  /// The latest choice that is still open.
  @inline(__always)
  private static func next(_ choices: inout [Choice], _ memory: inout Memory) -> Choice? {
    while let choice = choices.popLast() {
      if choice.position > choice.lowest {
        choices.append(
          Choice(
            instruction: choice.instruction, position: choice.position - 1, lowest: choice.lowest))
      }
      if !memory.isKnown(choice) { return choice }
    }
    return nil
  }
}
