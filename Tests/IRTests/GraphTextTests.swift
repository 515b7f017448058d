import Tensors
import Testing

@testable import IR

@Suite struct GraphTextTests {
  @Test(arguments: UInt64(0)..<200)
  func `exact text gives the same graph again`(seed: UInt64) throws {
    let graph = try randomGraph(seed: seed)
    let text = GraphPrinter.exact.text(of: graph)
    let again = try GraphParser.graph(from: text, ops: testTable())
    #expect(difference(graph, again) == nil)
    #expect(GraphPrinter.exact.text(of: again) == text)
  }
}
