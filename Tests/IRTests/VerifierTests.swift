import Tensors
import Testing

@testable import IR

@Suite struct VerifierTests {
  static let type = TensorType(.f32, [2])

  static func value(
    _ id: Int, _ definition: Value.Definition, _ type: TensorType = type
  ) -> Value {
    Value(id: ValueID(id), type: type, definition: definition, name: nil, origin: Origin())
  }

  static func node(_ id: Int, _ op: any Op, _ operands: [Int], _ results: [Int]) -> Node {
    Node(
      id: NodeID(id), op: op, operands: operands.map { ValueID($0) },
      results: results.map { ValueID($0) }, origin: Origin())
  }

  static func output(_ name: String, _ value: Int) -> Graph.Output {
    Graph.Output(name: name, value: ValueID(value))
  }

  struct Case: CustomTestStringConvertible, Sendable {
    var values: [Value]
    var nodes: [Node] = []
    var outputs: [Graph.Output] = []
    var expected: [String]
    var testDescription: String { expected.joined(separator: "; ") }
  }

  static let x = value(0, .input("x"))
  static let cases: [Case] = [
    Case(
      values: [x, value(1, .result(NodeID(0), 0))], nodes: [node(0, AddOp(), [0, 0], [1])],
      outputs: [output("y", 1)], expected: []),
    Case(values: [value(4, .input("x"))], expected: ["value %0: its id is %4"]),
    Case(
      values: [x, value(1, .input("x"))],
      expected: ["value %1: another input is called 'x', too"]),
    Case(
      values: [value(0, .parameter(Parameter("w"))), value(1, .parameter(Parameter("w")))],
      expected: ["value %1: another parameter is called 'w', too"]),
    Case(
      values: [value(0, .constant((try? Tensor(dims: [3], floats: [1, 2, 3])) ?? tensor()))],
      expected: ["value %0: its type is f32[2], its tensor's f32[3]"]),
    Case(
      values: [value(0, .input("x"), TensorType(.f32, [-1]))],
      expected: ["value %0: its type f32[-1] has a negative extent"]),
    Case(
      values: [value(0, .result(NodeID(3), 0))],
      expected: ["value %0: it is a result of node 3, which isn't there"]),
    Case(
      values: [x, value(1, .result(NodeID(0), 0))], nodes: [node(0, AddOp(), [0, 0], [0])],
      expected: [
        "value %1: node 0 doesn't list it as its result 0",
        "node 0 (test_add): %0 isn't defined as its result 0",
      ]),
    Case(
      values: [x, value(1, .parameter(Parameter("w")), TensorType(.f32, [Dim(symbol: "n")]))],
      expected: ["value %1: its type f32[n] uses 'n', which no input and no state has"]),
    Case(
      values: [x, value(1, .result(NodeID(0), 0)), value(2, .result(NodeID(1), 0))],
      nodes: [node(0, AddOp(), [2, 0], [1]), node(1, AddOp(), [0, 0], [2])],
      expected: ["node 0 (test_add): its operand %2 is defined later, by node 1"]),
    Case(
      values: [x, value(1, .result(NodeID(0), 0))], nodes: [node(0, AddOp(), [1, 0], [1])],
      expected: ["node 0 (test_add): its operand %1 is defined later, by node 0"]),
    Case(
      values: [x, value(1, .result(NodeID(0), 0))], nodes: [node(0, AddOp(), [0, 9], [1])],
      expected: ["node 0 (test_add): its operand %9 isn't there"]),
    Case(
      values: [x, value(1, .result(NodeID(0), 0), TensorType(.f32, [3]))],
      nodes: [node(0, AddOp(), [0, 0], [1])],
      expected: ["node 0 (test_add): its results are f32[3], the op gives f32[2]"]),
    Case(
      values: [x, value(1, .result(NodeID(0), 0))], nodes: [node(0, AddOp(), [0], [1])],
      expected: [
        "node 0 (test_add): the op needs 2 operands, found 1; operands are f32[2]"
      ]),
    Case(
      values: [x], nodes: [node(0, AddOp(), [0, 0], [7])],
      expected: [
        "node 0 (test_add): its result %7 isn't there",
        "node 0 (test_add): its results are , the op gives f32[2]",
      ]),
    Case(
      values: [x], nodes: [node(2, BareOp(), [], [])],
      expected: [
        "node 0 (test_bare): its id is 2",
        "node 0 (test_bare): its signature has no attribute 'extra'",
      ]),
    Case(
      values: [x], outputs: [output("y", 0), output("y", -1)],
      expected: [
        "output 1: its value %-1 isn't there", "output 1: another output is called 'y', too",
      ]),
  ]

  static func tensor() -> Tensor { preconditionFailure("no memory for three numbers") }

  @Test(arguments: cases)
  func `each broken rule is reported, and nothing else`(_ test: Case) {
    let graph = Graph(name: "g", values: test.values, nodes: test.nodes, outputs: test.outputs)
    #expect(
      Verifier.violations(in: graph).map(\.description).filter { !$0.contains("table says") }
        == test.expected)
    // Broken graphs are printed, too.
    #expect(GraphPrinter.exact.text(of: graph).hasPrefix("graph g {"))
  }

  @Test(arguments: UInt64(0)..<100)
  func `random graphs are well-formed`(seed: UInt64) throws {
    #expect(Verifier.violations(in: try randomGraph(seed: seed)).isEmpty)
  }

  @Test func `an error lists all violations with their lines`() {
    let origin = Origin([
      .init(
        location: SourceLocation(file: "a.weft", line: 3, column: 9),
        path: LayerPath([.init("encoder"), .init("layer", index: 2)]))
    ])
    let broken = Value(
      id: ValueID(1), type: Self.type, definition: .input("x"), name: nil, origin: origin)
    let graph = Graph(name: "g", values: [Self.x, broken], nodes: [], outputs: [])
    let error = #expect(throws: VerificationError.self) { try Verifier.verify(graph) }
    #expect(
      error?.description == """
        graph 'g' breaks 1 rule:
          value %1 in encoder.layer.2 at a.weft:3:9: another input is called 'x', too
        """)
  }
}

/// An op whose attributes aren't those of its signature.
private struct BareOp: Op {
  static let signature = OpSignature("test_bare", "Nothing.", operands: [])
  init() {}
  init(_ attributes: Attributes) throws(OpError) {}
  var attributes: Attributes { ["extra": .bool(true)] }
  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] { [] }
}
