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

  func read(_ body: String) -> String {
    do {
      let graph = try GraphParser.graph(from: "graph g {\n\(body)\n}\n", ops: testTable())
      #expect(Verifier.violations(in: graph).isEmpty)
      return GraphPrinter().text(of: graph)
    } catch { return "\(error)" }
  }

  @Test func `text for people leaves origins and long constants out`() throws {
    var builder = GraphBuilder(name: "encode")
    let layer = LayerPath([.init("layers"), .init("layer", index: 3, layer: "Layer")])
    let origin = Origin([
      .init(location: SourceLocation(file: "m.weft", line: 14, column: 11), path: layer)
    ])
    let ids = builder.input("input_ids", TensorType(.f32, [Dim(symbol: "batch"), 24]))
    let table = builder.parameter(Parameter("word.weight"), TensorType(.f32, [24]))
    let ramp = builder.constant(try Tensor(.f32, dims: [24], doubles: (0..<24).map(Double.init)))
    let sum = try builder.add(AddOp(), [ids, table], origin: origin)[0]
    builder.name(sum, "h")
    let pair = try builder.add(many(["results": .int(2), "factor": .double(0.5)]), [sum, ramp])
    builder.output("hidden", pair[1])
    let graph = builder.graph()
    #expect(
      graph.description == """
        graph encode {
          %0 = input "input_ids" : f32[batch, 24]
          %1 = parameter "word.weight" = normal(0.0, 0.02) : f32[24]
          %2 = constant [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, … 16 more] : f32[24]
          %3 h = test_add(%0, %1) : f32[batch, 24]
          %4, %5 = test_many(%3, %2) {results = 2, factor = 0.5} : f32[batch, 24], f32[batch, 24]
          output "hidden" = %5
        }

        """)
    #expect(
      GraphPrinter(showsOrigins: true).text(of: graph).contains(
        "f32[batch, 24] @ \"m.weft\":14:11 in layers.layer[3](Layer)\n"))
    #expect(throws: GraphTextError(line: 4, column: 58, reason: .elided)) {
      try GraphParser.graph(from: graph.description, ops: testTable())
    }
  }

  @Test func `text that a person wrote may leave types out and name values`() {
    #expect(
      read(
        """
          %x = input "x" : f32[batch, 4*tokens + 1]  // the tokens
          %y sum = test_add(%x, %x)
          output "y" = %y
        """) == """
          graph g {
            %0 = input "x" : f32[batch, 4*tokens + 1]
            %1 sum = test_add(%0, %0) : f32[batch, 4*tokens + 1]
            output "y" = %1
          }

          """)
  }

  @Test(
    "errors name their line and column",
    arguments: [
      ("%0 = input \"x\" : f33[2]", "2:18: error: expected an element type, found 'f33'"),
      ("%0 = input \"x : f32[2]", "2:12: error: this string doesn't end on its line"),
      ("%0 = input x : f32[2]", "2:12: error: expected the name of the input in quotes, found 'x'"),
      (
        "%0 = inptu \"x\" : f32[2]",
        "2:6: error: expected input, parameter, state, constant or an op's call, found 'inptu'"
      ),
      ("%0 = tset(%0)", "2:6: error: there is no op 'tset'"),
      ("%0 = test_add(%1)", "2:15: error: %1 isn't defined above"),
      ("%0 = input \"x\" : f32\n%0 = input \"y\" : f32", "3:1: error: %0 is defined twice"),
      (
        "%0 = input \"x\" : f32\n%1 = input \"x\" : f32",
        "3:12: error: input \"x\" is defined twice"
      ),
      (
        "%0 = input \"x\" : f32\n%1 = test_add(%0)",
        "3:6: error: 'test_add' needs 2 operands, found 1; operands are f32"
      ),
      (
        "%0 = input \"x\" : f32\n%1 = test_add(%0, %0) : f16",
        "3:25: error: 'test_add' gives f32, the text says f16"
      ),
      (
        "%0 = input \"x\" : f32\n%1, %2 = test_add(%0, %0)",
        "3:10: error: 'test_add' has 1 results, the text names 2"
      ),
      (
        "%0 = input \"x\" : f32\n%1 = test_many(%0) {resluts = 2}",
        "3:21: error: 'test_many' has no attribute 'resluts'"
      ),
      (
        "%0 = input \"x\" : f32\n%1 = test_many(%0) {mode = \"quick\"}",
        "3:6: error: 'test_many' needs one of \"fast\", \"slow\" for 'mode', found \"quick\";"
          + " operands are f32"
      ),
      (
        "%0 = input \"x\" : f32[9223372036854775808]",
        "2:22: error: 9223372036854775808 is out of range"
      ),
      (
        "%0 = input \"x\" : f32[9223372036854775807*2]",
        "2:22: error: a dimension doesn't fit a 64-bit integer"
      ),
      (
        "%0 = constant [1.0] : f32[4611686018427387904]",
        "2:15: error: f32[4611686018427387904] takes more bytes than 64 bits can count"
      ),
      (
        "%0 = constant [1.0] : f32[100000000000]",
        "2:15: error: shape [100000000000] doesn't hold 1 elements"
      ),
      ("%0 = constant [1.5] : i32[1]", "2:16: error: expected a whole number in range, found 1.5"),
      (
        "%0 = constant [3000000000] : i32[1]",
        "2:16: error: expected a whole number in range, found 3000000000"
      ),
      ("output \"y\" = %0", "2:14: error: %0 isn't defined above"),
      (
        "%0 = input \"\\u{110000}\" : f32",
        "2:13: error: expected \\u{…} with the number of a character, found something else"
      ),
      ("}", "3:1: error: expected the end, found '}'"),
      ("é", "2:1: error: expected a definition, found 'é'"),
    ])
  func errors(body: String, expected: String) { #expect(read(body) == expected) }

  @Test func `no damaged text traps`() throws {
    var random = TestGenerator(state: 1)
    let table = try testTable()
    for seed in UInt64(0)..<300 {
      var bytes = Array(GraphPrinter.exact.text(of: try randomGraph(seed: seed, size: 8)).utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.remove(at: at)
        case 1: bytes.insert(.random(in: 0...255, using: &random), at: at)
        case 2: bytes.removeSubrange(at...)
        default:
          bytes[at] = Array("{}[](),:%=@&*+-.\"\\19ex ".utf8).randomElement(using: &random) ?? 0
        }
      }
      if let graph = try? GraphParser.graph(
        from: String(decoding: bytes, as: UTF8.self), ops: table)
      {
        let broken = Verifier.violations(in: graph).filter {
          !$0.message.contains("no input and no state has")
        }
        #expect(broken.isEmpty)
      }
    }
  }

  @Test func `long extents and deep texts are refused in linear time`() {
    let sum = Array(repeating: "a", count: 100_000).joined(separator: " + ")
    #expect(read("%0 = input \"x\" : f32[\(sum)]").contains("an extent of 64 terms"))
    let product = Array(repeating: "a", count: 100_000).joined(separator: "*")
    #expect(read("%0 = input \"x\" : f32[\(product)]").contains("a product of 16 factors"))
    let brackets = String(repeating: "[", count: 100_000)
    #expect(read("%0 = constant \(brackets)").contains("expected a number"))
  }
}
