import Testing

@testable import Formats

@Suite struct `String index` {
  @Test func `every string is found, and nothing else`() {
    var strings: [String] = []
    var index = StringIndex()
    for i in 0..<5000 {
      let text = String(repeating: "x", count: i % 23) + "\(i)"
      let isNew = index.insert(text, at: strings.count, in: strings)
      #expect(isNew)
      strings.append(text)
    }
    #expect(index.count == 5000)
    for (i, text) in strings.enumerated() {
      #expect(index.position(of: text, in: strings) == i)
      #expect(index.position(of: text + "x", in: strings) == nil)
    }
    for known in [strings[4999], strings[0]] {
      let isNew = index.insert(known, at: 5000, in: strings)
      #expect(!isNew)
    }
    #expect(index.count == 5000)
  }

  @Test func `strings are their bytes`() {
    let strings = ["é", "e\u{301}", "", "\0", "\0\0", "a\u{0}", "a", "12345678", "123456780"]
    var index = StringIndex(capacity: 1)
    for (i, text) in strings.enumerated() {
      let isNew = index.insert(text, at: i, in: strings)
      #expect(isNew, "\(i)")
    }
    for (i, text) in strings.enumerated() {
      #expect(index.position(of: text, in: strings) == i)
    }
  }
}
