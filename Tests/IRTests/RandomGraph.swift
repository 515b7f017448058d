import Tensors

@testable import IR

/// A well-formed graph of about `size` nodes: every kind of value, op, name and origin.
func randomGraph(seed: UInt64, size: Int = 30) throws -> Graph {
  var random = TestGenerator(state: seed)
  var builder = GraphBuilder(name: seed.isMultiple(of: 2) ? "encode" : "a \"b\"\n{é")
  let (batch, tokens) = (Dim(symbol: "batch"), Dim(symbol: "tokens"))
  let long = try tokens.multiplied(by: Dim(4)).adding(Dim(1))
  let files = ["a.weft", "layers/b \"c\".weft"]
  func origin() -> Origin {
    Origin(
      (0..<Int.random(in: 0...2, using: &random)).map { _ in
        let location = SourceLocation(
          file: files.randomElement(using: &random) ?? "",
          line: .random(in: 1...99, using: &random), column: .random(in: 1...80, using: &random))
        let path = LayerPath(
          (0..<Int.random(in: 0...3, using: &random)).map { _ in
            LayerPath.Component(
              ["layer", "in", "odd name", "_"].randomElement(using: &random) ?? "",
              index: Bool.random(using: &random) ? .random(in: 0...11, using: &random) : nil,
              layer: Bool.random(using: &random) ? "EncoderLayer" : nil)
          })
        return Origin.Site(
          location: Bool.random(using: &random) ? location : nil, path: path,
          calls: Bool.random(using: &random) ? [location, location] : [])
      })
  }
  var values: [ValueID] = [
    builder.input("ids", TensorType(.f32, [batch, tokens, 8]), origin: origin()),
    builder.input("odd \\ name", TensorType(.f32, [batch, long]), origin: origin()),
  ]
  for i in 0..<size {
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      let initializers: [Initializer] = [
        .standard, .constant(-0.0), .uniform(low: -1e-30, high: .infinity),
      ]
      values.append(
        builder.parameter(
          Parameter("w.\(i)", initializers.randomElement(using: &random) ?? .standard),
          TensorType([.f32, .f16, .bf16].randomElement(using: &random) ?? .f32, [8, 8]),
          origin: origin()))
    case 1: values.append(builder.constant(try randomConstant(&random), origin: origin()))
    case 2, 3:
      let a = values.randomElement(using: &random) ?? values[0]
      let b = values.first {
        (try? AddOp().resultTypes([builder.type(of: a), builder.type(of: $0)])) != nil
      }
      if let b { values += try builder.add(AddOp(), [a, b], origin: origin()) }
    case 4:
      let x = values.randomElement(using: &random) ?? values[0]
      let dims = [Dim(1)] + builder.type(of: x).shape.dims
      values += try builder.add(ReshapeOp(dims), [x], origin: origin())
    default:
      let results = Int.random(in: 0...3, using: &random)
      var attributes: Attributes = ["results": .int(results)]
      if Bool.random(using: &random) {
        attributes["axes"] = .ints([-1, 0, .min])
        attributes["extent"] = .dim(try long.multiplied(by: long))
        attributes["extents"] = .dims([long, 3, Dim(0)])
        attributes["factor"] = .double([1e-12, -.infinity, 3].randomElement(using: &random) ?? 0)
        attributes["flag"] = .bool(true)
        attributes["text"] = .string("a\"\\\n\u{7f}…")
        attributes["mode"] = .string("slow")
        attributes["to"] = .dtype(.bf16)
      }
      let operands = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        values.randomElement(using: &random) ?? values[0]
      }
      let new = try builder.add(many(attributes), operands, origin: origin())
      for value in new where Bool.random(using: &random) {
        builder.name(value, ["h", "x y", "output", "_"].randomElement(using: &random) ?? "")
      }
      values += new
    }
  }
  for i in 0..<3 { builder.output("out \(i)", values.randomElement(using: &random) ?? values[0]) }
  return builder.graph()
}

private func randomConstant(_ random: inout TestGenerator) throws -> Tensor {
  let dtype = DType.allCases.randomElement(using: &random) ?? .f32
  let dims = [[], [3], [0], [2, 2]].randomElement(using: &random) ?? []
  let count = dims.reduce(1, *)
  if dtype.isInteger {
    return try Tensor(
      dtype, dims: dims,
      integers: (0..<count).map { _ in
        dtype == .i32
          ? Int(Int32.random(in: .min ... .max, using: &random))
          : .random(in: .min ... .max, using: &random)
      })
  }
  return try Tensor(
    dtype, dims: dims,
    doubles: (0..<count).map { _ in
      [0, -0.0, .infinity, -.infinity, .nan, 1e-40, 0.1, 65504, -1e30].randomElement(using: &random)
        ?? 0
    })
}
