import IR
import Operators
import Tensors

/// Builds graphs layer by layer, as the language would.
struct Sketch {
  let table = BuiltinOps.table()
  var builder: GraphBuilder
  var path: [LayerPath.Component] = []
  var line = 0

  init(_ name: String) { builder = GraphBuilder(name: name) }

  mutating func origin() -> Origin {
    line += 1
    return Origin([
      .init(
        location: SourceLocation(file: "sketch.weft", line: line, column: 3),
        path: LayerPath(path))
    ])
  }

  mutating func input(_ name: String, _ dtype: DType, _ dims: [Dim]) -> ValueID {
    builder.input(name, TensorType(dtype, Shape(dims)), origin: origin())
  }

  mutating func param(_ name: String, _ dims: Int...) -> ValueID {
    builder.parameter(
      Parameter(LayerPath(path).naming(name)), TensorType(.f32, Shape(dims)), origin: origin())
  }

  mutating func op(
    _ name: String, _ operands: [ValueID], _ attributes: Attributes = [:]
  ) throws -> ValueID {
    try builder.add(table.make(name, attributes), operands, origin: origin())[0]
  }

  /// What `body` makes stands in a layer.
  mutating func layer<T>(
    _ names: String, index: Int? = nil, _ kind: String, _ body: (inout Sketch) throws -> T
  ) rethrows -> T {
    let before = path
    let parts = names.split(separator: ".").map(String.init)
    path += parts.dropLast().map { LayerPath.Component($0) }
    path.append(LayerPath.Component(parts.last ?? "", index: index, layer: kind))
    defer { path = before }
    return try body(&self)
  }

  mutating func linear(_ name: String, _ x: ValueID, _ m: Int, _ n: Int) throws -> ValueID {
    try layer(name, "Linear") { s in
      try s.op(
        "linear", [x, s.param("weight", n, m), s.param("bias", n)], ["bias": .bool(true)])
    }
  }

  mutating func norm(_ name: String, _ x: ValueID, _ n: Int) throws -> ValueID {
    try layer(name, "LayerNorm") { s in
      try s.op(
        "layer_norm", [x, s.param("weight", n), s.param("bias", n)],
        ["weight": .bool(true), "bias": .bool(true), "epsilon": .double(1e-12)])
    }
  }
}

enum SampleGraphs {
  /// BERT as the shipped graph writes it.
  static func bert(layers: Int = 6, width: Int = 384) throws -> Graph {
    let (batch, tokens) = (Dim(symbol: "batch"), Dim(symbol: "tokens"))
    var s = Sketch("encode")
    let ids = s.input("input_ids", .i32, [batch, tokens])
    let given = s.input("attention_mask", .i32, [batch, tokens])
    let zero = s.builder.constant(try Tensor(.i32, dims: [], integers: [0]))
    let mask = try s.op("not_equal", [given, zero])
    s.builder.name(mask, "mask")
    var x = try s.layer("embeddings", "BertEmbeddings") { s in
      let words = try s.op("embedding", [s.param("word_embeddings.weight", 30522, width), ids])
      let table = s.param("position_embeddings.weight", 512, width)
      let places = try s.op(
        "slice", [table], ["axis": .int(0), "start": .int(0), "end": .dim(tokens)])
      let sum = try s.op("add", [words, places])
      return try s.norm("LayerNorm", sum, width)
    }
    for i in 0..<layers {
      x = try s.layer("encoder.layer", index: i, "BertLayer") { s in
        let mixed = try s.layer("attention.self", "SelfAttention") { s in
          let q = try s.linear("query", x, width, width)
          let k = try s.linear("key", x, width, width)
          let v = try s.linear("value", x, width, width)
          return try s.op("attention", [q, k, v, mask], ["heads": .int(12), "mask": .bool(true)])
        }
        let attended = try s.linear("attention.output.dense", mixed, width, width)
        let h = try s.norm("attention.output.LayerNorm", s.op("add", [x, attended]), width)
        let inner = try s.linear("intermediate.dense", h, width, 4 * width)
        let result = try s.linear("output.dense", s.op("gelu", [inner]), 4 * width, width)
        return try s.norm("output.LayerNorm", s.op("add", [h, result]), width)
      }
    }
    s.builder.output("last_hidden_state", x)
    return s.builder.graph()
  }

  /// Attention written out, with shapes moved about, in an encoder and a decoder.
  static func written(layers: Int = 2) throws -> Graph {
    let (batch, tokens) = (Dim(symbol: "batch"), Dim(symbol: "tokens"))
    let (width, heads) = (512, 8)
    var s = Sketch("translate")
    let x = s.input("source", .f32, [batch, tokens, 512])
    var h = x
    for i in 0..<layers {
      h = try s.layer("layers", index: i, "EncoderLayer") { s in
        func split(_ value: ValueID, _ s: inout Sketch) throws -> ValueID {
          let parts = try s.op(
            "reshape", [value], ["shape": .dims([batch, tokens, Dim(heads), Dim(width / heads)])])
          return try s.op("transpose", [parts], ["permutation": .ints([0, 2, 1, 3])])
        }
        let mixed = try s.layer("self_attn", "Attention") { s in
          let q = try split(s.linear("q", h, width, width), &s)
          let k = try split(s.linear("k", h, width, width), &s)
          let v = try split(s.linear("v", h, width, width), &s)
          let eighth = s.builder.constant(try Tensor(dims: [], floats: [0.125]))
          let scores = try s.op("mul", [s.op("matmul", [q, s.op("transpose", [k])]), eighth])
          let mixed = try s.op("matmul", [s.op("softmax", [scores]), v])
          let back = try s.op("transpose", [mixed], ["permutation": .ints([0, 2, 1, 3])])
          let flat = try s.op("reshape", [back], ["shape": .dims([batch, tokens, Dim(width)])])
          return try s.linear("out", flat, width, width)
        }
        let a = try s.norm("norm1", s.op("add", [h, mixed]), width)
        let inner = try s.linear("linear1", a, width, 2048)
        let result = try s.linear("linear2", s.op("relu", [inner]), 2048, width)
        return try s.norm("norm2", s.op("add", [a, result]), width)
      }
    }
    s.builder.output("memory", h)
    return s.builder.graph()
  }
}
