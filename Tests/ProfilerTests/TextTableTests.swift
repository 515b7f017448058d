import Testing

@testable import Profiler

@Suite struct TextTableTests {
  @Test func `columns are aligned and numbers stand right`() {
    var table = TextTable(columns: [.init("op"), .init("ms", .right)])
    table.add(["linear", "12.5"])
    table.add(["é", "0.1"])
    table.addRule()
    table.add(["all"])
    #expect(
      table.text == """
        op        ms
        linear  12.5
        é        0.1
        ────────────
        all
        """)
  }

  @Test func `a table that is too wide shortens what may shrink`() {
    var table = TextTable(
      columns: [.init("path", shrinks: true), .init("ms", .right)], width: 20)
    table.add(["encoder.layer.11.attention.self.query", "1.234"])
    #expect(
      table.text == """
        path              ms
        encode….query  1.234
        """)
    table.width = 1
    #expect(table.text.split(separator: "\n").last == "enc…uery  1.234")
  }

  @Test(arguments: [
    ("abcdef", 6, "abcdef"), ("abcdef", 5, "ab…ef"), ("abcdef", 4, "a…ef"), ("abcdef", 2, "…f"),
    ("abcdef", 1, "…"), ("abcdef", 0, ""), ("", 0, ""),
  ])
  func `the middle of a long text is left out`(text: String, limit: Int, expected: String) {
    #expect(text.shortenedInTheMiddle(to: limit) == expected)
  }

  @Test func `figures are rounded the same everywhere`() {
    #expect(Figures.fixed(1.005, 1) == "1.0")
    #expect(Figures.fixed(-0.04, 1) == "0.0")
    #expect(Figures.fixed(-1.25, 0) == "-1")
    #expect(Figures.fixed(9.996, 2) == "10.00")
    #expect(Figures.fixed(.nan, 1) == "–")
    #expect(Figures.fixed(1e300, 2) == "1e+300")
    #expect(Figures.short(0.1234) == "0.12")
    #expect(Figures.short(191.6) == "192")
    #expect(Figures.bytes(1023) == "1023 B")
    #expect(Figures.bytes(1536) == "1.50 KiB")
    #expect(Figures.bytes(.max) == "8388608 TiB")
    #expect(Figures.grouped(-1_234_567) == "-1,234,567")
    #expect(Figures.median([]) == 0)
    #expect(Figures.median([3, 1]) == 2)
    #expect(Figures.median([5, 1, 3]) == 3)
  }
}
