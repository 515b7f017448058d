import Tensors
import Testing

@testable import IR

/// Ops of many names in one type, as plugins from elsewhere register them.
@Suite struct OpDefinitionTests {
  /// Gives its operand back; one type for any number of names.
  private struct Foreign: Op {
    static let signature = OpSignature("foreign", "Any.", operands: [])
    let signature: OpSignature
    let attributes: Attributes

    init(_ attributes: Attributes) throws(OpError) { throw .missingAttribute("signature") }

    init(_ signature: OpSignature, _ attributes: Attributes) {
      self.signature = signature
      self.attributes = attributes
    }

    func replacing(_ attributes: Attributes) throws(OpError) -> Self { Self(signature, attributes) }

    func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] { operands }
  }

  private func definition(_ name: String) -> OpDefinition {
    let signature = OpSignature(
      name, "Gives x.", operands: [.required("x")],
      attributes: [.init("extent", .dim, default: .int(1))])
    return OpDefinition(signature) { Foreign(signature, $0) }
  }

  private func table() throws -> OpTable {
    var table = try testTable()
    try table.add(definition("one"))
    try table.add(definition("two"))
    return table
  }

  @Test func `ops of one type and other names are different ops`() throws {
    let table = try table()
    let one = try table.make("one", [:])
    #expect(one.name == "one")
    #expect(one.isEqual(to: try table.make("one", ["extent": .int(1)])))
    #expect(!one.isEqual(to: try table.make("two", [:])))
    #expect(!one.isEqual(to: try table.make("one", ["extent": .int(2)])))
  }

  @Test func `a name that a type has is taken`() throws {
    var table = try table()
    #expect(throws: OpTableError.self) { try table.add(definition("test_add")) }
    #expect(throws: OpTableError.self) { try table.add(definition("two")) }
  }

  @Test func `its graph is read, verified, bound and printed under its own name`() throws {
    let text = """
      graph main {
        %0 = input "x" : f32[n]
        %1 = one(%0) {extent = n} : f32[n]
        output "y" = %1
      }

      """
    let graph = try GraphParser.graph(from: text, ops: table())
    #expect(GraphPrinter().text(of: graph) == text)
    #expect(Verifier.violations(in: graph).isEmpty)
    let bound = try graph.nodes[0].op.substituting(Bindings(["n": 4]))
    #expect(bound.name == "one")
    #expect(bound.attributes["extent"] == .int(4))
  }
}
