import Tensors
import Testing

@testable import IR

@Suite struct GraphTests {
  let batch = Dim(symbol: "batch")
  let tokens = Dim(symbol: "tokens")

  @Test func `pruning keeps inputs and what outputs hang on`() throws {
    var builder = GraphBuilder(name: "g")
    let x = builder.input("x", TensorType(.f32, [2]))
    _ = builder.input("unused", TensorType(.f32, [2]))
    let dead = builder.parameter(Parameter("dead"), TensorType(.f32, [2]))
    let live = builder.parameter(Parameter("live"), TensorType(.f32, [2]))
    _ = try builder.add(AddOp(), [x, dead])
    let pair = try builder.add(many(["results": .int(2)]), [live])
    builder.output("y", pair[1])
    let pruned = builder.graph().pruned()
    #expect(pruned.inputs.map(\.name) == ["x", "unused"])
    #expect(pruned.parameters.map(\.parameter.name) == ["live"])
    #expect(pruned.nodes.count == 1)
    #expect(pruned.nodes[0].results.count == 2)
    #expect(Verifier.violations(in: pruned).isEmpty)
  }

  @Test(arguments: UInt64(0)..<50)
  func `pruning twice changes nothing more`(seed: UInt64) throws {
    let once = try randomGraph(seed: seed).pruned()
    #expect(Verifier.violations(in: once).isEmpty)
    #expect(difference(once.pruned(), once) == nil)
  }

  /// tokens is reshaped to [batch, 2, tokens / 2]-like extents through an attribute.
  func symbolic() throws -> Graph {
    var builder = GraphBuilder(name: "g")
    let half = Dim(symbol: "half")
    let x = builder.input("x", TensorType(.f32, [batch, try half.multiplied(by: 2)]))
    let y = try builder.add(ReshapeOp([batch, 2, half]), [x])
    builder.name(y[0], "split")
    builder.output("y", y[0])
    return builder.graph()
  }

  @Test func `binding replaces symbols in types and attributes`() throws {
    let bound = try symbolic().binding(["batch": 3, "half": 5])
    #expect(bound.symbols == [])
    #expect(bound.inputs[0].type == TensorType(.f32, [3, 10]))
    #expect(bound.type(of: bound.outputs[0].value) == TensorType(.f32, [3, 2, 5]))
    #expect(bound[bound.outputs[0].value].name == "split")
    #expect(bound.nodes[0].op.attributes["dims"] == .ints([3, 2, 5]))
    #expect(Verifier.violations(in: bound).isEmpty)
  }

  @Test func `bindings that don't fit are refused`() throws {
    let graph = try symbolic()
    func message(_ bindings: Bindings) -> String {
      do {
        _ = try graph.binding(bindings)
        return "bound"
      } catch { return "\(error)" }
    }
    #expect(message(["batch": 1]) == "no value for half; given: batch=1")
    #expect(message([:]) == "no value for batch, half; given: nothing")
    #expect(message(["batch": 1, "half": 0]) == "dimension 'half' is 0; it must be at least 1")
    #expect(
      message(["batch": 1, "half": 1, "x": 1])
        == "there is no dimension 'x'; there is batch, half")
    #expect(message(["batch": 1, "half": .max]).contains("doesn't fit a 64-bit integer"))
  }

  @Test func `an extent below zero is refused`() throws {
    var builder = GraphBuilder(name: "g")
    let less = try tokens.subtracting(5)
    let x = builder.input("x", TensorType(.f32, [tokens]))
    let y = builder.input("y", TensorType(.f32, [less]))
    builder.output("x", x)
    builder.output("y", y)
    let graph = builder.graph()
    #expect(try graph.binding(["tokens": 5]).inputs[1].type == TensorType(.f32, [0]))
    #expect(throws: BindingError.self) { try graph.binding(["tokens": 4]) }
  }

  @Test func `uses are counted by operand and output, users by node`() throws {
    var builder = GraphBuilder(name: "g")
    let x = builder.input("x", TensorType(.f32, [2]))
    let y = try builder.add(AddOp(), [x, x])[0]
    builder.output("x", x)
    builder.output("y", y)
    let graph = builder.graph()
    #expect(graph.useCount(of: x) == 3)
    #expect(graph.useCount(of: y) == 1)
    #expect(graph.users == [[NodeID(0)], []])
  }

  @Test func `a parameter of a known name is the same value`() throws {
    var builder = GraphBuilder(name: "g")
    let a = builder.parameter(Parameter("w"), TensorType(.f32, [2]))
    #expect(builder.parameter(Parameter("w"), TensorType(.f32, [2])) == a)
    #expect(builder.parameter(named: "w") == a)
    #expect(builder.graph().values.count == 1)
  }

  @Test func `a merged origin keeps all sites and finds the common layer`() {
    func site(_ line: Int, _ names: [String]) -> Origin {
      Origin([
        .init(
          location: SourceLocation(file: "a.weft", line: line, column: 1),
          path: LayerPath(names.map { LayerPath.Component($0) }))
      ])
    }
    let merged = Origin.merging([
      site(3, ["encoder", "a"]), site(1, ["encoder", "b"]), site(3, ["encoder", "a"]),
    ])
    #expect(merged.sites.count == 2)
    #expect(merged.path.description == "encoder")
    #expect(merged.location?.line == 3)
    #expect(Origin().path.components.isEmpty)
  }
}
