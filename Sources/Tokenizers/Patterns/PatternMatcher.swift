/// Tries an expression at places of one text.
struct PatternMatcher {
  private let instructions: UnsafeBufferPointer<Pattern.Instruction>
  private let sets: UnsafeBufferPointer<ScalarClass>
  private let text: UnsafeBufferPointer<Unicode.Scalar>
  /// Ways that are still open, the latest last.
  private var choices: [Choice] = []
  private var memory = Memory()

  /// Where to go on when a way fails.
  private struct Choice {
    var instruction: Int
    var position: Int
    /// For a span the end of the fewest characters that it may take; else the position.
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

  /// A matcher of compiled `instructions`, which end with `accept`, over `text`.
  init(
    instructions: UnsafeBufferPointer<Pattern.Instruction>,
    sets: UnsafeBufferPointer<ScalarClass>, text: UnsafeBufferPointer<Unicode.Scalar>
  ) {
    self.instructions = instructions
    self.sets = sets
    self.text = text
  }

  /// Where the match that begins at `start` ends; nil where there is none.
  mutating func match(at start: Int) -> Int? {
    if memory.failures > 0 { memory = Memory() }
    choices.removeAll(keepingCapacity: true)
    return run(from: 0, at: start)
  }

  @inline(__always)
  private func isIn(_ set: Int, _ position: Int) -> Bool {
    position < text.count && sets[set].contains(text[position])
  }

  private mutating func run(from instruction: Int, at start: Int) -> Int? {
    var (pc, at) = (instruction, start)
    while true {
      var isAlive = true
      switch instructions[pc] {
      case .accept: return at
      case .take(let set):
        isAlive = isIn(set, at)
        at += 1
        pc += 1
      case .span(let set, let from, let to, let givesBack):
        pc += 1
        isAlive = span(set, from, to, givesBack, &at, then: pc)
      case .attempt(let set, let other):
        if let set, !isIn(set, at) {
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
        let found = look(from: pc + 1, at: at)
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
      guard let choice = nextChoice() else { return nil }
      (pc, at) = (choice.instruction, choice.position)
    }
  }

  /// Takes as many characters of a set as there are; false where they are too few.
  @inline(__always)
  private mutating func span(
    _ set: Int, _ from: Int, _ to: Int, _ givesBack: Bool, _ at: inout Int, then next: Int
  ) -> Bool {
    let limit = to < text.count - at ? at + to : text.count
    var end = at
    while end < limit, sets[set].contains(text[end]) { end += 1 }
    if givesBack, end - at > from {
      choices.append(Choice(instruction: next, position: end - 1, lowest: at + from))
    }
    defer { at = end }
    return end - at >= from
  }

  /// Where the part that begins with `instruction` ends, matched by itself.
  private func look(from instruction: Int, at start: Int) -> Int? {
    // With a memory of its own: a way that led to this part's end has not failed.
    var inner = PatternMatcher(instructions: instructions, sets: sets, text: text)
    return inner.run(from: instruction, at: start)
  }

  /// The latest choice that is still open.
  @inline(__always)
  private mutating func nextChoice() -> Choice? {
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
