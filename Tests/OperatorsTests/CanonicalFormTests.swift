import IR
import Tensors
import Testing

@testable import Operators

/// What ops know to be simpler, and what they must leave alone.
@Suite struct CanonicalFormTests {
  /// Ops and what changes nothing as their second operand.
  static let neutrals: [(op: any ElementwiseOp, number: Double)] = [
    (Add(), 0), (Sub(), 0), (Mul(), 1), (Div(), 1), (Pow(), 1),
  ]

  /// A graph of one input made by `build`, with all canonical forms applied and dead nodes dropped.
  private func canonical(
    _ type: TensorType = TensorType(.f32, [2, 6]),
    _ build: (inout GraphBuilder, ValueID) throws -> ValueID
  ) throws -> [String] {
    var builder = GraphBuilder(name: "main")
    let x = builder.input("x", type)
    builder.output("y", try build(&builder, x))
    var graph = builder.graph()
    let before = graph.type(of: graph.outputs[0].value)
    for _ in 0..<20 {
      let patch = try graph.nodes.lazy.compactMap { node in
        try (node.op as? any Canonicalizable)?.canonicalized(node, in: graph)
      }.first
      guard let patch else { break }
      graph = try graph.applying([patch]).pruned()
    }
    #expect(graph.type(of: graph.outputs[0].value) == before)
    return graph.nodes.map { node in
      let attributes = node.op.attributes.pairs.map { "\($0.name): \($0.value)" }
      return "\(node.op.name)(\(attributes.joined(separator: ", ")))"
    }
  }

  private func scalar(_ value: Double, _ dtype: DType = .f32) throws -> Tensor {
    try Tensor(dtype, dims: [], doubles: [value])
  }

  @Test(arguments: neutrals)
  func `neutral elements go away`(op: any ElementwiseOp, neutral: Double) throws {
    for shape in [[], [6], [2, 6]] as [[Int]] {
      let nodes = try canonical { builder, x in
        let c = builder.constant(
          try Tensor(
            .f32, dims: shape, doubles: Array(repeating: neutral, count: shape.reduce(1, *))))
        return try builder.add(op, [x, c])[0]
      }
      #expect(nodes == [])
    }
    let kept = try canonical { builder, x in
      try builder.add(op, [x, builder.constant(try scalar(2))])[0]
    }
    #expect(kept.count == 1)
  }

  @Test func `a neutral element on the left goes away only where order doesn't matter`() throws {
    for (op, neutral, left) in [
      (Add() as any Op, 0.0, 0), (Mul(), 1, 0), (Sub(), 0, 1), (Div(), 1, 1), (Pow(), 1, 1),
    ] {
      let nodes = try canonical { builder, x in
        try builder.add(op, [builder.constant(try scalar(neutral)), x])[0]
      }
      #expect(nodes.count == left)
    }
  }

  @Test func `a neutral element that stretches the other operand stays`() throws {
    let nodes = try canonical(TensorType(.f32, [1, 6])) { builder, x in
      let ones = builder.constant(
        try Tensor(.f32, dims: [2, 6], doubles: Array(repeating: 1, count: 12)))
      return try builder.add(Mul(), [x, ones])[0]
    }
    #expect(nodes == ["mul()"])
  }

  @Test func `two negatives go away`() throws {
    #expect(
      try canonical { builder, x in
        try builder.add(Neg(), builder.add(Neg(), [x]))[0]
      } == [])
    #expect(
      try canonical(TensorType(.bool, [3])) { builder, x in
        try builder.add(LogicalNot(), builder.add(LogicalNot(), [x]))[0]
      } == [])
  }

  @Test func `dropout and conversions to the same type go away`() throws {
    #expect(
      try canonical { builder, x in
        let dropped = try builder.add(Dropout(["rate": .double(0.1)]), [x])
        return try builder.add(Cast(to: .f32), dropped)[0]
      } == [])
    #expect(
      try canonical { builder, x in try builder.add(Cast(to: .f16), [x])[0] }
        == ["cast(dtype: f16)"])
  }

  @Test func `choices that aren't any go away`() throws {
    #expect(
      try canonical { builder, x in
        let yes = builder.constant(try scalar(1, .bool))
        let other = try builder.add(Exp(), [x])[0]
        return try builder.add(Where(), [yes, x, other])[0]
      } == [])
    #expect(
      try canonical { builder, x in
        let no = builder.constant(try scalar(0, .bool))
        return try builder.add(Where(), [no, x, builder.add(Exp(), [x])[0]])[0]
      } == ["exp()"])
  }

  @Test func `an op reads what a broadcast stretched as it was`() throws {
    #expect(
      try canonical { builder, x in
        let bias = builder.input("bias", TensorType(.f32, [6]))
        let wide = try builder.add(Broadcast(to: [2, 6]), [bias])[0]
        return try builder.add(Add(), [x, wide])[0]
      } == ["add()"])
    // Here the broadcast gives the result its shape.
    #expect(
      try canonical { builder, x in
        let wide = try builder.add(Broadcast(to: [3, 2, 6]), [x])[0]
        return try builder.add(Exp(), [wide])[0]
      } == ["broadcast(shape: [3, 2, 6])", "exp()"])
  }

  @Test func `transposes merge`() throws {
    let type = TensorType(.f32, [2, 3, 4])
    #expect(
      try canonical(type) { builder, x in
        try builder.add(Transpose(), builder.add(Transpose(), [x]))[0]
      } == [])
    #expect(
      try canonical(type) { builder, x in
        try builder.add(Transpose([2, 0, 1]), builder.add(Transpose([0, 2, 1]), [x]))[0]
      } == ["transpose(permutation: [1, 0, 2])"])
    #expect(
      try canonical(type) { builder, x in try builder.add(Transpose([0, 1, 2]), [x])[0] } == [])
  }

  @Test func `reshapes, broadcasts and slices merge`() throws {
    #expect(
      try canonical { builder, x in
        try builder.add(Reshape(to: [2, 6]), builder.add(Reshape(to: [3, 4]), [x]))[0]
      } == [])
    #expect(
      try canonical { builder, x in
        try builder.add(Reshape(to: [12]), builder.add(Reshape(to: [3, 4]), [x]))[0]
      } == ["reshape(shape: [12])"])
    #expect(
      try canonical { builder, x in
        let wide = try builder.add(Broadcast(to: [1, 2, 6]), [x])
        return try builder.add(Broadcast(to: [4, 2, 6]), wide)[0]
      } == ["broadcast(shape: [4, 2, 6])"])
    #expect(
      try canonical { builder, x in
        let first = try builder.add(Slice(axis: 1, start: 1, end: 6), [x])
        return try builder.add(Slice(axis: -1, start: 1, end: 3), first)[0]
      } == ["slice(axis: -1, start: 2, end: 4)"])
    #expect(
      try canonical { builder, x in try builder.add(Slice(axis: 1, start: 0, end: 6), [x])[0] }
        == [])
    #expect(
      try canonical { builder, x in try builder.add(Concat(axis: 1), [x])[0] } == [])
  }

  @Test func `views are known`() throws {
    func offset(_ op: any Viewing, _ dims: [Int]) throws -> Int? {
      let x = TensorType(.f32, Shape(dims))
      return op.viewOffset([x], try op.resultTypes([x])[0])
    }
    #expect(try offset(Reshape(to: [6]), [2, 3]) == 0)
    #expect(try offset(Slice(axis: 0, start: 2, end: 4), [5, 3]) == 6)
    #expect(try offset(Slice(axis: 1, start: 2, end: 4), [1, 5, 3]) == 6)
    #expect(try offset(Slice(axis: 1, start: 2, end: 4), [2, 5, 3]) == nil)
    #expect(try offset(Transpose([1, 0, 2]), [1, 5, 3]) == 0)
    #expect(try offset(Transpose(), [5, 3]) == nil)
    #expect(try offset(Broadcast(to: [1, 5, 3]), [5, 3]) == 0)
    #expect(try offset(Broadcast(to: [2, 5, 3]), [5, 3]) == nil)
  }
}
