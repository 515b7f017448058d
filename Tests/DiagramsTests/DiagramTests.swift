import Foundation
import IR
import Operators
import Tensors
import Testing

@testable import Diagrams

@Suite struct DiagramTests {
  @Test func pictures() throws {
    guard let folder = ProcessInfo.processInfo.environment["WEFT_PICTURES"] else { return }
    func draw(_ name: String, _ graph: Graph, _ options: DiagramOptions = .init()) throws {
      let diagram = try Diagram(of: graph, options: options)
      for format in Graphviz.Format.allCases {
        try Data(diagram.rendered(format)).write(
          to: URL(filePath: "\(folder)/\(name).\(format.rawValue)"))
      }
    }
    try draw("bert", SampleGraphs.bert(), DiagramOptions(title: "MiniLM"))
    try draw("bert-d0", SampleGraphs.bert(), DiagramOptions(depth: 0))
    try draw("bert-x", SampleGraphs.bert(), DiagramOptions(expandsRepeats: true))
    try draw("written", SampleGraphs.written())
  }
}
