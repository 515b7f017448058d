import GraphLanguage
import IR
import Operators
import Tensors
import Testing

struct ModelBuilderTests {
  static let ops = BuiltinOps.table()

  /// The example of ModelBuilder's documentation and of Docs/GraphLanguage.md.
  static let text = """
    layer Linear(x: f32[..., inputs], outputs: Int) -> f32[..., outputs] {
      param weight: f32[outputs, inputs]
      param bias: f32[outputs] = zeros
      return linear(x, weight, bias)
    }

    layer Block(x: f32[batch, tokens, width], mask: bool[batch, tokens]? = nil, heads: Int)
      -> f32[batch, tokens, width]
    {
      let q = Linear(x, width) as query
      let mixed = attention(q, x, x, mask: mask, heads: heads)
      return x + (Linear(mixed, width) as output.dense)
    }

    model M {
      config width = 64, layers = 2
      input x: f32[batch, tokens, width]
      input mask: bool[batch, tokens]
      var h = x
      for i in 0 ..< layers {
        h = Block(h, mask, 4) as encoder.layer[i]
      }
      output y = h * 0.5
    }
    """

  func swiftGraph(width: Int = 64, layers: Int = 2) throws -> Graph {
    let b = ModelBuilder(ops: ModelBuilderTests.ops)

    func linear(_ x: TensorHandle, _ outputs: Int) throws -> TensorHandle {
      let weight = try b.param("weight", .f32, [Dim(outputs), x.dims[x.rank - 1]])
      let bias = try b.param("bias", .f32, [Dim(outputs)], .constant(0))
      return try b.linear(x, weight, bias)
    }

    func block(_ x: TensorHandle, _ mask: TensorHandle?, heads: Int) throws -> TensorHandle {
      let q = try b.layer("query", kind: "Linear") { try linear(x, width) }.named("q")
      let mixed = try b.attention(q, x, x, mask: mask, heads: heads).named("mixed")
      return try x + b.layer("output.dense", kind: "Linear") { try linear(mixed, width) }
    }

    let (batch, tokens) = (Dim(symbol: "batch"), Dim(symbol: "tokens"))
    let x = try b.input("x", .f32, [batch, tokens, Dim(width)])
    let mask = try b.input("mask", .bool, [batch, tokens])
    var h = x
    for i in 0..<layers {
      h = try b.layer("encoder.layer", kind: "Block", index: i) { try block(h, mask, heads: 4) }
        .named("h")
    }
    try b.output("y", (h * 0.5).named("y"))
    return b.graph()
  }

  /// The graph's text, and the layer path of every value, without lines of source files.
  func anonymous(_ graph: Graph) -> [String] {
    [GraphPrinter(showsOrigins: false, constantLimit: nil).text(of: graph)]
      + graph.values.map { value in
        value.origin.path.components.map { "\($0.name)[\($0.index ?? -1)]\($0.layer ?? "")" }
          .joined(separator: ".")
      }
  }

  @Test func `a model built in Swift is the model of the graph file`() throws {
    let options = ElaborationOptions(ops: ModelBuilderTests.ops)
    let (model, diagnostics) = GraphLanguage.elaborate(
      ModelBuilderTests.text, name: "m.weft", options)
    #expect(diagnostics.map(\.description) == [])
    let parsed = try #require(model).entries[0]
    let built = try swiftGraph()
    #expect(anonymous(parsed) == anonymous(built))
    #expect(try anonymous(swiftGraph(layers: 3)) != anonymous(built))
    #expect(Verifier.violations(in: built).map(\.description) == [])
  }

  @Test func `a wrong call says what is wrong`() throws {
    let b = ModelBuilder(ops: ModelBuilderTests.ops)
    let x = try b.input("x", .f32, [4, 8])
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return ""
      } catch { return "\(error)" }
    }
    #expect(message { try b.sofmax(x) } == "there is no op 'sofmax'; did you mean 'softmax'?")
    #expect(message { try b.softmax(x, axes: 1) }.contains("no argument 'axes'"))
    #expect(message { try b.matmul(x, x) }.contains("inner dimensions"))
    #expect(message { _ = try b.input("x", .f32, [4]) } == "there are two inputs 'x'")
    #expect(message { _ = try b.param("w", .f32, [0]) }.contains("at least 1"))
  }
}
