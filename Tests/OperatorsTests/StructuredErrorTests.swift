import IR
import Tensors
import Testing

@testable import Operators

@Suite struct StructuredErrorTests {
  private static let batch = Dim(symbol: "batch")
  private static let tokens = Dim(symbol: "tokens")

  private func f32(_ dims: Dim...) -> TensorType { TensorType(.f32, Shape(dims)) }

  private func error(_ op: any Op, _ operands: TensorType...) -> OpError? {
    do {
      _ = try op.resultTypes(operands)
      return nil
    } catch {
      return error
    }
  }

  private func error(_ name: String, _ attributes: Attributes) -> OpError? {
    do {
      _ = try BuiltinOps.table().make(name, attributes)
      return nil
    } catch OpTableError.op(_, let error) {
      return error
    } catch {
      return nil
    }
  }

  @Test func `types of results are exact and symbolic`() throws {
    let (batch, tokens) = (Self.batch, Self.tokens)
    let x = f32(batch, tokens, 384)
    #expect(try Linear().resultTypes([x, f32(1536, 384)]) == [f32(batch, tokens, 1536)])
    #expect(try Linear(transposed: true).resultTypes([x, f32(384, 2)]) == [f32(batch, tokens, 2)])
    #expect(
      try MatMul(transposesB: true).resultTypes([f32(batch, 12, tokens, 32), f32(12, tokens, 32)])
        == [f32(batch, 12, tokens, tokens)])
    #expect(
      try MergedLinear().resultTypes([x, f32(384, 384), f32(64, 384)])
        == [x, f32(batch, tokens, 64)])
    #expect(
      try Attention(heads: 12, kvHeads: 4).resultTypes([
        x, f32(batch, 7, 128), f32(batch, 7, 256),
      ]) == [f32(batch, tokens, 768)])
    #expect(
      try LayerNorm(residual: true, keepsSum: true).resultTypes([
        x, f32(384), f32(384), x,
      ]) == [x, x])
    let ids = TensorType(.i32, [batch, tokens])
    #expect(
      try Embedding().resultTypes([TensorType(.f16, [30522, 384]), ids]) == [x])
    #expect(
      try EmbeddingNorm([.rows, .indices, .positions], weight: false, bias: false)
        .resultTypes([f32(384), f32(30522, 384), ids, f32(512, 384)]) == [x])
    #expect(
      try Conv2D(stride: [16, 16]).resultTypes([f32(batch, 3, 224, 230), f32(768, 3, 16, 16)])
        == [f32(batch, 768, 14, 14)])
    #expect(
      try SinusoidalPositions(count: tokens, width: 512).resultTypes([]) == [f32(tokens, 512)])
    #expect(try Rotary(heads: 12).resultTypes([x, f32(tokens, 32)]) == [x])
  }

  @Test func `products name the axes that don't agree`() throws {
    let (batch, tokens) = (Self.batch, Self.tokens)
    let x = f32(batch, tokens, 384)
    let rule = "inner dimensions that agree"
    #expect(
      error(MatMul(), x, f32(512, 1536)) == .extents(rule: rule, .init(0, -1), .init(1, -2)))
    #expect(
      error(MatMul(transposesB: true), x, f32(512, 1536))
        == .extents(rule: rule, .init(0, -1), .init(1, -1)))
    #expect(error(MatMul(), f32(4), f32(4, 4)) == .rank(operand: 0, expected: "2 or more"))
    #expect(error(MatMul(), f32(2, 4, 4), f32(3, 4, 4)) == .broadcast(0, 1))
    #expect(error(MatMul(), x) == .operandCount(expected: "2 operands", found: 1))
    #expect(
      error(MatMul(), x, TensorType(.i32, [384, 2]))
        == .dtype(operand: 1, expected: [.f32, .f16, .bf16]))
    #expect(
      error(Linear(), x, f32(384, 512)) == .extents(rule: rule, .init(0, -1), .init(1, 1)))
    #expect(error(Linear(), x, f32(1, 2, 384)) == .rank(operand: 1, expected: "2"))
    #expect(
      error(Linear(bias: true), x, f32(8, 384), f32(7))
        == .extents(rule: "a bias for each output", .init(2, 0), .init(1, 0)))
    #expect(
      error(Linear(residual: true), x, f32(8, 384), x)
        == .shape(operand: 2, rule: "a residual of the result's shape"))
    #expect(
      error(Linear(multiplier: true), x, f32(8, 384), x)
        == .shape(operand: 2, rule: "a multiplier of the result's shape"))
    #expect(
      error(MergedLinear(biases: true), x, f32(8, 384), f32(8, 384))
        == .rank(operand: 2, expected: "1"))
    #expect(
      error(MergedLinear(biases: true), x, f32(8, 384))
        == .operandCount(expected: "x, weights and as many biases", found: 2))
  }

  @Test func `attention says which operand is wrong`() throws {
    let (batch, tokens) = (Self.batch, Self.tokens)
    let x = f32(batch, tokens, 384)
    let op = Attention(heads: 12)
    #expect(
      error(Attention(heads: 10), x, x, x)
        == .shape(operand: 0, rule: "a last axis that 10 heads divide"))
    #expect(
      error(op, x, f32(batch, tokens, 768), x)
        == .extents(rule: "keys and queries of one head size", .init(1, -1), .init(0, -1)))
    #expect(
      error(op, x, f32(2, tokens, 384), x)
        == .extents(rule: "one batch", .init(1, 0), .init(0, 0)))
    #expect(
      error(op, x, f32(batch, 5, 384), f32(batch, 6, 384))
        == .extents(rule: "a value for each key", .init(2, 1), .init(1, 1)))
    #expect(
      error(Attention(heads: 12, mask: true), x, x, x, f32(batch, tokens))
        == .dtype(operand: 3, expected: [.bool]))
    #expect(
      error(Attention(heads: 12, bias: true), x, x, x, f32(5, tokens, tokens))
        == .shape(operand: 3, rule: "a bias for 1 or 12 heads"))
    #expect(error("attention", [:]) == .missingAttribute("heads"))
    #expect(
      error("attention", ["heads": .int(0)]) == .attributeRange("heads", rule: "at least 1 head"))
    #expect(
      error("attention", ["heads": .int(12), "kv_heads": .int(5)])
        == .attributeRange("kv_heads", rule: "a number that divides 12 heads"))
  }

  @Test func `the others say what they need`() throws {
    let x = f32(2, 3, 8)
    #expect(
      error(LayerNorm(bias: false), x, f32(7))
        == .extents(
          rule: "a weight for each element of the last axis", .init(1, 0), .init(0, -1)))
    #expect(
      error(RMSNorm(weight: false, residual: true), x, f32(3, 8))
        == .shape(operand: 1, rule: "a residual of x's shape"))
    #expect(
      error("layer_norm", ["keeps_sum": .bool(true)])
        == .attributeRange("keeps_sum", rule: "there is no sum without a residual"))
    #expect(
      error("rms_norm", ["epsilon": .double(-1)])
        == .attributeRange("epsilon", rule: "a number of at least 0"))
    #expect(
      error(Softmax(axis: 3), x)
        == .attributeRange("axis", rule: "axis 3 of a tensor of rank 3"))
    #expect(error(Embedding(), x, x) == .dtype(operand: 1, expected: [.i32, .i64]))
    #expect(
      error(try EmbeddingNorm([.rows, .positions], weight: false, bias: false), x, f32(2, 8))
        == .shape(operand: 1, rule: "a table of at least 3 positions"))
    #expect(
      error("embedding_norm", ["sources": .string("ids")])
        == .wrongAttribute(
          "sources", expected: "\"indices\", \"rows\" or \"positions\", joined by commas",
          found: .string("ids")))
    #expect(
      error(try Conv2D(), f32(1, 3, 8, 8), f32(2, 4, 2, 2))
        == .extents(rule: "as many channels in x and weight", .init(0, 1), .init(1, 1)))
    #expect(
      error(try Conv2D(), f32(1, 3, 8, 8), f32(2, 3, 9, 2))
        == .shape(operand: 0, rule: "an image of at least the window's 9"))
    #expect(
      error("conv2d", ["stride": .ints([0, 1])])
        == .attributeRange("stride", rule: "two steps of at least 1"))
    #expect(
      error("sinusoidal_positions", ["count": .int(3), "width": .int(5)])
        == .attributeRange("width", rule: "an even number above 0"))
    #expect(
      error(Rotary(heads: 2), x, f32(3, 3))
        == .shape(operand: 1, rule: "an even last axis: cosines, then as many sines"))
    #expect(
      error(Rotary(heads: 2), x, f32(2, 3, 6))
        == .shape(operand: 1, rule: "a last axis of at most the head's 4 elements"))
    #expect(
      error(Rotary(heads: 2), x, f32(7, 4))
        == .extents(rule: "an angle for each token", .init(1, -2), .init(0, 1)))
    #expect(
      error(
        "relative_position_buckets",
        [
          "queries": .int(1), "keys": .int(1), "max_distance": .int(8),
        ]) == .attributeRange("max_distance", rule: "more than 8, the exact distances"))
  }

  @Test func `attributes make an equal op again`() throws {
    let ops: [any Op] = [
      MatMul(transposesB: true),
      Linear(bias: true, residual: true, transposed: true, activation: .geluTanh, scale: 0.5),
      MergedLinear(biases: true), Attention(heads: 4, kvHeads: 2, mask: true, causal: true),
      AttentionWeights(
        of: Attention(heads: 4, offsets: true, window: 3), scores: true, picked: [1, 3]),
      LayerNorm(residual: true, epsilon: 1e-12, keepsSum: true), RMSNorm(weight: false),
      Softmax(axis: 1), L2Normalize(), Embedding(), Gather(axis: -1),
      try EmbeddingNorm([.indices, .rows, .positions]), try Conv2D(bias: true, stride: [2, 3]),
      try SinusoidalPositions(count: Self.tokens, width: 4), Rotary(heads: 2, interleaved: true),
      try RelativePositionBuckets(queries: Self.tokens, keys: 4),
    ]
    let table = BuiltinOps.table()
    for op in ops { #expect(try table.make(op.name, op.attributes).isEqual(to: op)) }
  }
}
