import Foundation
import GraphLanguage
import IR
import Operators
import Tensors
import Testing

struct ElaborationTests {
  static let options = ElaborationOptions(ops: BuiltinOps.table())

  func model(
    _ text: String, _ options: ElaborationOptions = ElaborationTests.options
  ) throws -> ModelDefinition {
    let (model, diagnostics) = GraphLanguage.elaborate(text, name: "m.weft", options)
    #expect(diagnostics.map(\.description) == [])
    return try #require(model)
  }

  func graphText(_ text: String) throws -> String {
    GraphPrinter(showsOrigins: false, constantLimit: nil).text(of: try model(text).entries[0])
  }

  // MARK: Configs

  static let configured = """
    /// Says what it is.
    model M {
      weights "w.safetensors"
      tokenizer "t.json"
      task causal_lm
      config width: Int = 384 from "hidden_size", inner = 4 * width
      config theta = 10000.0 from "rope.theta" or "rope_theta", gated = false, kind = "gelu"
      input x: f32[batch, inner]
      if gated { output y = x * theta } else { output y = x }
    }
    """

  @Test func `settings come before the configuration, which comes before the default`() throws {
    var options = ElaborationTests.options
    options.settings = ["kind": "relu", "gated": "true", "theta": "5"]
    options.configuration = TestConfiguration([
      "hidden_size": .int(8), "rope_theta": .double(2), "kind": .string("silu"), "inner": .null,
    ])
    let model = try model(ElaborationTests.configured, options)
    #expect(
      model.configs.map { "\($0.name)=\($0.value) \($0.origin)" } == [
        "width=8 configuration", "inner=32 standard", "theta=5.0 set", "gated=true set",
        "kind=\"relu\" set",
      ])
    #expect(model.entries[0].inputs[0].type.description == "f32[batch, 32]")
    #expect(model.entries[0].nodes.count == 1)
    #expect(model.documentation == "Says what it is.")
    #expect(model.weights == "w.safetensors")
    #expect(model.tokenizer == "t.json")
    #expect(model.task == .causalLM)
    #expect(model.configs[2].keys == ["rope.theta", "rope_theta"])
  }

  @Test func `the first key that is there counts`() throws {
    var options = ElaborationTests.options
    options.configuration = TestConfiguration(["rope.theta": .null, "rope_theta": .int(7)])
    #expect(try model(ElaborationTests.configured, options).configs[2].value == .float(7))
    options.configuration = TestConfiguration(["rope.theta": .int(3), "rope_theta": .int(7)])
    #expect(try model(ElaborationTests.configured, options).configs[2].value == .float(3))
  }

  @Test func `lists come from the configuration`() throws {
    let text = """
      layer Scaled(x: f32[..., width], factors: [Float] = []) -> f32[..., width] {
        return x / factors
      }

      model M {
        config kinds: [String] = [], count = 0 from "kinds.count", factors: [Float] = [] from "f"
        input x: f32[batch, 2]
        if count > 0 && kinds[-1] == "far" {
          output y = Scaled(x, factors) * factors[0]
        } else {
          output y = x
        }
      }
      """
    var options = ElaborationTests.options
    #expect(try model(text, options).entries[0].nodes.isEmpty)
    options.configuration = TestConfiguration([
      "kinds": .list([.string("near"), .string("far")]), "kinds.count": .int(2),
      "f": .list([.double(1.5), .int(4)]),
    ])
    let found = try model(text, options)
    #expect(
      found.configs.map { "\($0.value)" } == ["[\"near\", \"far\"]", "2", "[1.5, 4.0]"])
    #expect(found.configs.map(\.value.typeName) == ["[String]", "Int", "[Float]"])
    let constants = found.entries[0].values.compactMap { value in
      if case .constant(let tensor) = value.definition { tensor.doubles } else { nil }
    }
    #expect(constants == [[1.5, 4], [1.5]])
    options.settings = ["kinds": "far", "factors": "2,0.5"]
    #expect(try model(text, options).configs[2].value == .floats([2, 0.5]))
  }

  // MARK: Operators and calls

  @Test func `operators and subscripts become ops`() throws {
    let text = try graphText(
      """
      model M {
        input x: f32[batch, tokens, 8]
        input ids: i32[batch, tokens]
        let a = -x[:, -1] * 2 + 0.5
        let b = x[..., 4 ..< 8] / sqrt(4)
        let c = (ids != 0) && !(ids >= 3)
        output last = a
        output half = b
        output mask = c
      }
      """)
    #expect(
      text == """
        graph main {
          %0 = input "x" : f32[batch, tokens, 8]
          %1 = input "ids" : i32[batch, tokens]
          %2 = constant [2.0] : f32
          %3 = constant [0.5] : f32
          %4 = constant [2.0] : f32
          %5 = constant [0] : i32
          %6 = constant [3] : i32
          %7 = slice(%0) {axis = 1, start = tokens - 1, end = tokens} : f32[batch, 1, 8]
          %8 = reshape(%7) {shape = [batch, 8]} : f32[batch, 8]
          %9 = neg(%8) : f32[batch, 8]
          %10 = mul(%9, %2) : f32[batch, 8]
          %11 a = add(%10, %3) : f32[batch, 8]
          %12 = slice(%0) {axis = 2, start = 4, end = 8} : f32[batch, tokens, 4]
          %13 b = div(%12, %4) : f32[batch, tokens, 4]
          %14 = not_equal(%1, %5) : bool[batch, tokens]
          %15 = greater_equal(%1, %6) : bool[batch, tokens]
          %16 = logical_not(%15) : bool[batch, tokens]
          %17 c = logical_and(%14, %16) : bool[batch, tokens]
          output "last" = %11
          output "half" = %13
          output "mask" = %17
        }

        """)
  }

  @Test func `optional operands are told by their presence`() throws {
    let text = try graphText(
      """
      layer Maybe(x: f32[batch, n], bias: f32[n]? = nil) -> f32[batch, n] {
        param weight: f32[n, n]
        return linear(x, weight, bias)
      }
      model M {
        input x: f32[batch, 4]
        param b: f32[4]
        output y = Maybe(x) as one
        output z = Maybe(x, b) as two
        output w = concat(x, x, axis: -1)
        output v = where(x > 0, x, -1e9)
      }
      """)
    #expect(text.contains("linear(%0, %1) : f32[batch, 4]") || text.contains("linear(%0, %2)"))
    #expect(text.contains("{bias = true}"))
    #expect(text.contains("= constant [-1e+09] : f32"))
  }

  @Test func `several results are taken apart`() throws {
    let model = try model(
      """
      layer Two(x: f32[..., n]) -> (f32[..., n], f32[n]) {
        param w: f32[n]
        return (x * w, w)
      }
      layer Pass(x: f32[..., n]) -> (f32[..., n], f32[n]) { return Two(x) as two }
      model M {
        input x: f32[a, b, 4]
        let (y, _) = Pass(x) as p
        output y = y
      }
      """)
    #expect(model.entries[0].parameters.map(\.parameter.name) == ["p.two.w"])
  }

  // MARK: Dimensions

  @Test func `dimensions are known in the layer and checked exactly`() throws {
    let model = try model(
      """
      layer Heads(x: f32[..., rows, n], heads: Int, size: Int = 3) -> f32[..., rows, heads, n / heads] {
        require n % heads == 0 && rows == rows && n * heads / heads == n
        let y: f32[..., rows, heads, n / heads] = reshape(x, [..., rows, heads, n / heads])
        return y * size
      }
      model M {
        input x: f32[batch, tokens, 12]
        output y = Heads(x, 4)
        output z = Heads(reshape(x, [batch, 2 * tokens, 6]), heads: 2, size: 1)
      }
      """)
    let types = model.entries[0].outputs.map { model.entries[0].type(of: $0.value).description }
    #expect(types == ["f32[batch, tokens, 4, 3]", "f32[batch, 2*tokens, 2, 3]"])
  }

  @Test func `an input's extent binds a name with a number added`() throws {
    let model = try model(
      """
      model M {
        config width = 3
        input x: f32[tokens, width]
        input offsets: i32[sequences + 1]
        output y = segment_mean(x, offsets)
        output z = iota(sequences)
      }
      """)
    let graph = model.entries[0]
    #expect(graph.symbols == ["tokens", "sequences"])
    #expect(graph.inputs.map(\.type.description) == ["f32[tokens, 3]", "i32[sequences + 1]"])
    let types = graph.outputs.map { graph.type(of: $0.value).description }
    #expect(types == ["f32[sequences, 3]", "i32[sequences]"])
  }

  // MARK: Entries

  static let entries = """
    layer Linear(x: f32[..., n], m: Int) -> f32[..., m] {
      param weight: f32[m, n]
      return linear(x, weight)
    }
    model M {
      config width = 4
      param table: f32[10, width] as shared.weight
      let twice = table * 2
      entry encode {
        input ids: i32[batch, tokens]
        output h = Linear(embedding(table, ids), width) as encoder
      }
      entry decode {
        input h: f32[batch, width]
        output y = Linear(h, width) as encoder
        output z = twice
      }
    }
    """

  @Test func `entries share parameters and keep only what they use`() throws {
    let model = try model(ElaborationTests.entries)
    #expect(model.entries.map(\.name) == ["encode", "decode"])
    let names = model.entries.map { $0.parameters.map(\.parameter.name) }
    #expect(names == [["shared.weight", "encoder.weight"], ["shared.weight", "encoder.weight"]])
    #expect(model.entries.map(\.nodes.count) == [2, 2])
    #expect(model.entry("decode")?.inputs.count == 1)
  }

  // MARK: Origins

  @Test func `every node knows its line, its layer and the calls that led there`() throws {
    let model = try model(
      """
      layer Inner(x: f32[n]) -> f32[n] {
        return relu(x)
      }
      layer Outer(x: f32[n]) -> f32[n] {
        return Inner(x) as a.b
      }
      model M {
        input x: f32[4]
        var h = x
        for i in 0 ..< 2 { h = Outer(h) as layers[i] }
        output y = h
      }
      """)
    let site = try #require(model.entries[0].nodes[1].origin.sites.first)
    #expect(site.location?.description == "m.weft:2:10")
    #expect(site.path.description == "layers.1.a.b")
    #expect(site.path.components.map(\.layer) == ["Outer", nil, "Inner"])
    #expect(site.calls.map(\.description) == ["m.weft:10:26", "m.weft:5:10"])
  }

  @Test func `calls under one name share their parameters`() throws {
    let model = try model(
      """
      layer Linear(x: f32[..., n]) -> f32[..., n] {
        param weight: f32[n, n] = uniform(low: -0.5, high: 0.5)
        return linear(x, weight)
      }
      model M {
        input x: f32[batch, 4]
        var h = x
        for i in 0 ..< 3 { h = Linear(h) as shared }
        output y = h
      }
      """)
    let parameters = model.entries[0].parameters.map(\.parameter)
    #expect(parameters == [Parameter("shared.weight", .uniform(low: -0.5, high: 0.5))])
    #expect(model.entries[0].nodes.count == 3)
  }

  @Test func `a model among several is chosen by name`() throws {
    let text = "model A { output y = iota(3) }\nmodel B { output z = iota(4) }\n"
    var options = ElaborationTests.options
    options.modelName = "B"
    #expect(try model(text, options).name == "B")
    options.modelName = "C"
    let diagnostics = GraphLanguage.elaborate(text, name: "m.weft", options).diagnostics
    #expect(diagnostics.map(\.message) == ["there is no model 'C'"])
  }

  @Test func `diagnostics are JSON and colors are only for terminals`() throws {
    let text = "model M {\n  input x: f32[4]\n  output y = rleu(x)\n}\n"
    let found = GraphLanguage.elaborate(text, name: "m.weft", ElaborationTests.options).diagnostics
    let data = try JSONEncoder().encode(found)
    #expect(try JSONDecoder().decode([Diagnostic].self, from: data) == found)
    #expect(!found[0].rendered().contains("\u{1b}"))
    #expect(found[0].rendered(color: true).contains("\u{1b}[1;31merror:"))
  }
}
