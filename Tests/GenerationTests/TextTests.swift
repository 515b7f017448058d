import Testing

@testable import Generation

@Suite struct `Stop strings` {
  private func run(_ stops: [String], _ parts: [String]) -> (shown: [String], found: String?) {
    var filter = StopStrings(stops)
    var shown = parts.map { filter.append($0) }
    if filter.found == nil { shown.append(filter.finish()) }
    return (shown, filter.found)
  }

  @Test func `are never shown, not even in part`() {
    let (shown, found) = run(["STOP"], ["abcS", "TO", "P more", "even more"])
    #expect(shown == ["abc", "", "", ""])
    #expect(found == "STOP")
  }

  @Test func `that don't come give back what was held`() {
    let (shown, found) = run(["STOP", "\n\n"], ["aST", "x\n", "b", "ST"])
    #expect(shown == ["a", "STx", "\nb", "", "ST"])
    #expect(found == nil)
  }

  @Test func `the first and then the longest counts`() {
    #expect(run(["cd", "bcd", "b"], ["abcde"]).found == "bcd")
    #expect(run(["cd", "bcd"], ["abcde"]).shown == ["a"])
    #expect(run(["aab"], ["aaa", "b"]).shown == ["a", ""])
  }

  @Test func `cut no character in two`() {
    let (shown, _) = run(["é!"], ["aé", "?"])
    #expect(shown == ["a", "é?", ""])
    // The same letter in two scalars is another text.
    #expect(run(["é"], ["e\u{301}"]).found == nil)
  }

  @Test func `at every cut of the text show the same`() {
    let text = "one two STOP three"
    for i in 0...text.count {
      for j in i...text.count {
        let parts = [
          String(text.prefix(i)), String(text.prefix(j).dropFirst(i)), String(text.dropFirst(j)),
        ]
        #expect(run(["STOP", "STORE"], parts).shown.joined() == "one two ")
      }
    }
  }
}

@Suite struct `Prompt lookup` {
  @Test func `drafts what followed the latest place`() {
    let lookup = PromptLookup(longest: 3, most: 4)
    #expect(Array(lookup.draft(after: [1, 2, 3, 9, 1, 2, 3])) == [9, 1, 2, 3])
    #expect(Array(lookup.draft(after: [5, 1, 7, 1, 8, 1])) == [8, 1])
    #expect(lookup.draft(after: [1, 2, 3]).isEmpty)
    #expect(lookup.draft(after: []).isEmpty)
    #expect(Array(lookup.draft(after: [4, 4])) == [4])
  }
}
