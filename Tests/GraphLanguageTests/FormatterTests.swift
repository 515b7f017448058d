import Foundation
import GraphLanguage
import Testing

struct FormatterTests {
  @Test(arguments: Fixtures.graphFiles(below: Fixtures.graphs))
  func `shipped graphs parse and have the canonical style`(_ file: URL) throws {
    let (tree, diagnostics) = GraphLanguage.parse(try Fixtures.source(file))
    #expect(diagnostics.map(\.description) == [])
    let text = GraphLanguage.format(tree)
    let (again, _) = GraphLanguage.parse(text, name: "again")
    let isSame = again == tree
    #expect(isSame)
    #expect(GraphLanguage.format(again) == text)
    #expect(text == String(decoding: try Fixtures.source(file).bytes, as: UTF8.self))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 || $0.contains("//") })
  }

  @Test(arguments: ["//\u{5BD}a  \n", "// \u{301}\t\r\n", "//\u{5BD}", "///\u{5BD} \u{5BD} \n"])
  func `a mark that combines with the space before it stays where it is`(_ text: String) {
    let once = GraphLanguage.format(GraphLanguage.parse(text, name: "once").0)
    let twice = GraphLanguage.format(GraphLanguage.parse(once, name: "twice").0)
    #expect(Array(twice.utf8) == Array(once.utf8))
  }
}
