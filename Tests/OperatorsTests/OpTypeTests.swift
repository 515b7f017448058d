import Compiler
import IR
import Tensors
import Testing

@testable import Operators

/// Result types for symbolic shapes, and what is refused.
@Suite struct OpTypeTests {
  let batch = Dim(symbol: "batch")
  let tokens = Dim(symbol: "tokens")

  private func type(_ op: any Op, _ operands: TensorType...) throws -> TensorType {
    try op.resultTypes(operands)[0]
  }

  @Test func `elementwise ops broadcast symbolic extents`() throws {
    let x = TensorType(.f32, [batch, tokens, 384])
    #expect(try type(Add(), x, TensorType(.f32, [384])) == x)
    #expect(try type(Add(), TensorType(.f32, [tokens, 1]), x) == x)
    #expect(
      try type(Less(), TensorType(.i32, [tokens, 1]), TensorType(.i32, [1, batch]))
        == TensorType(.bool, [tokens, batch]))
    #expect(
      try type(Where(), TensorType(.bool, [batch, 1, 1]), TensorType(.f16, []), x.with(.f16))
        == x.with(.f16))
    #expect(try type(Cast(to: .i64), x) == x.with(.i64))
  }

  @Test func `elementwise ops refuse what doesn't fit`() throws {
    let x = TensorType(.f32, [batch, tokens])
    #expect(throws: OpError.operandCount(expected: "2 operands", found: 1)) {
      try type(Add(), x)
    }
    #expect(throws: OpError.dtypesDiffer(0, 1)) { try type(Add(), x, x.with(.f16)) }
    #expect(throws: OpError.dtype(operand: 0, expected: [.f32, .f16, .bf16])) {
      try type(Exp(), x.with(.i32))
    }
    #expect(throws: OpError.dtype(operand: 1, expected: [.f32, .f16, .bf16, .i32, .i64])) {
      try type(Add(), x, x.with(.bool))
    }
    #expect(throws: OpError.dtype(operand: 0, expected: [.bool])) { try type(Where(), x, x, x) }
    #expect(throws: OpError.dtypesDiffer(1, 2)) {
      try type(Where(), x.with(.bool), x, x.with(.i32))
    }
    #expect(throws: OpError.dtype(operand: 0, expected: [.bool])) { try type(LogicalNot(), x) }
    #expect(throws: OpError.broadcast(0, 1)) {
      try type(Add(), x, TensorType(.f32, [tokens, batch]))
    }
    #expect(throws: OpError.broadcast(1, 2)) {
      try type(
        Where(), TensorType(.bool), TensorType(.f32, [3, 4]), TensorType(.f32, [4, 3]))
    }
    #expect(throws: OpError.broadcast(0, 2)) {
      try type(
        Where(), TensorType(.bool, [3, 1]), TensorType(.f32, [1, 4]), TensorType(.f32, [2, 4]))
    }
  }

  @Test func `fused programs say which of their operands doesn't fit`() throws {
    let op = try FusedElementwise(["program": .string("t0 = exp(a1); add(t0, a0)")])
    let x = TensorType(.f32, [3])
    #expect(try type(op, x, x) == x)
    #expect(throws: OpError.dtype(operand: 1, expected: [.f32, .f16, .bf16])) {
      try type(op, x, x.with(.i32))
    }
    #expect(throws: OpError.operandCount(expected: "2 operands", found: 3)) {
      try type(op, x, x, x)
    }
    let rule = "'add' needs operands of one element type"
    #expect(throws: OpError.attributeRange("program", rule: rule)) {
      try type(op, x.with(.f16), x)
    }
  }

  @Test func `reshape counts symbolic elements exactly`() throws {
    let x = TensorType(.f32, [batch, tokens, 384])
    let heads = Shape([batch, tokens, 12, 32])
    #expect(try type(Reshape(to: heads), x) == TensorType(.f32, heads))
    let flat = Shape([try batch.multiplied(by: tokens), 384])
    #expect(try type(Reshape(to: flat), x) == TensorType(.f32, flat))
    let rule = "[batch, 384] holds 384*batch elements, [batch, tokens, 384] holds 384*batch*tokens"
    #expect(throws: OpError.attributeRange("shape", rule: rule)) {
      try type(Reshape(to: [batch, 384]), x)
    }
    #expect(throws: OpError.attributeRange("shape", rule: "extent -1 is below 1")) {
      try type(Reshape(to: [batch, -1]), x)
    }
    #expect(throws: OpError.dim(.overflow)) {
      try type(Reshape(to: [Dim(Int.max), 4]), x)
    }
  }

  @Test func `transpose permutes symbolic extents`() throws {
    let x = TensorType(.f32, [batch, tokens, 384])
    #expect(try type(Transpose(), x).shape == [batch, 384, tokens])
    #expect(try type(Transpose([2, 0, 1]), x).shape == [384, batch, tokens])
    #expect(throws: OpError.rank(operand: 0, expected: "2 or more")) {
      try type(Transpose(), TensorType(.f32, [tokens]))
    }
    #expect(
      throws: OpError.attributeRange(
        "permutation", rule: "[0, 1, 1] doesn't name each of 3 axes once")
    ) { try type(Transpose([0, 1, 1]), x) }
    #expect(throws: OpError.attributeRange("permutation", rule: "axis 3 of a tensor of rank 3")) {
      try type(Transpose([0, 1, 3]), x)
    }
  }

  @Test func `slice checks known bounds`() throws {
    let x = TensorType(.f32, [batch, tokens, 8])
    #expect(try type(Slice(axis: 2, start: 2, end: 8), x).shape == [batch, tokens, 6])
    let shorter = try tokens.subtracting(1)
    #expect(try type(Slice(axis: 1, start: 1, end: tokens), x).shape == [batch, shorter, 8])
    #expect(
      throws: OpError.attributeRange("end", rule: "9 is above 8, the extent of axis 2")
    ) { try type(Slice(axis: -1, start: 0, end: 9), x) }
    #expect(throws: OpError.attributeRange("start", rule: "-1 is below 0")) {
      try type(Slice(axis: 2, start: -1, end: 3), x)
    }
    #expect(
      throws: OpError.attributeRange("end", rule: "3 isn't above 3, where the slice starts")
    ) { try type(Slice(axis: 2, start: 3, end: 3), x) }
    #expect(throws: OpError.attributeRange("axis", rule: "axis -4 of a tensor of rank 3")) {
      try type(Slice(axis: -4, start: 0, end: 1), x)
    }
  }

  @Test func `concat adds symbolic extents`() throws {
    let x = TensorType(.f32, [batch, tokens, 8])
    let y = TensorType(.f32, [batch, 1, 8])
    #expect(try type(Concat(axis: 1), x, y).shape == [batch, try tokens.adding(1), 8])
    #expect(
      throws: OpError.extents(
        rule: "extents that agree on every axis but 2", .init(0, 1), .init(1, 1))
    ) { try type(Concat(axis: 2), x, y) }
    #expect(throws: OpError.dtypesDiffer(0, 1)) { try type(Concat(axis: 1), x, y.with(.i32)) }
    #expect(throws: OpError.rank(operand: 1, expected: "3")) {
      try type(Concat(axis: 1), x, TensorType(.f32, [8]))
    }
    #expect(throws: OpError.operandCount(expected: "1 operand or more", found: 0)) {
      try type(Concat(axis: 0))
    }
  }

  @Test func `broadcast takes only what stretches`() throws {
    let x = TensorType(.f32, [tokens, 1])
    #expect(try type(Broadcast(to: [batch, tokens, 8]), x).shape == [batch, tokens, 8])
    #expect(
      throws: OpError.attributeRange("shape", rule: "[tokens, 1] doesn't broadcast to [1, 8]")
    ) { try type(Broadcast(to: [1, 8]), x) }
    #expect(
      throws: OpError.attributeRange("shape", rule: "[tokens, 1] doesn't broadcast to [8]")
    ) { try type(Broadcast(to: [8]), x) }
  }

  @Test func `iota is a vector of numbers`() throws {
    #expect(try type(Iota(count: tokens)) == TensorType(.i32, [tokens]))
    #expect(throws: OpError.attributeRange("dtype", rule: "bool holds no numbers")) {
      try Iota(["count": .int(3), "dtype": .dtype(.bool), "start": .int(0)])
    }
    #expect(throws: OpError.attributeRange("count", rule: "extent 0 is below 1")) {
      try Iota(["count": .int(0), "dtype": .dtype(.i32), "start": .int(0)])
    }
  }

  @Test func `reductions drop axes or keep them`() throws {
    let x = TensorType(.f32, [batch, tokens, 8])
    #expect(try type(ReduceSum(axes: [-1]), x).shape == [batch, tokens])
    #expect(try type(ReduceMean(axes: [1, -1], keep: true), x).shape == [batch, 1, 1])
    #expect(try type(ReduceMax(), x).shape == [])
    #expect(try type(ArgMax(axis: 1), x) == TensorType(.i32, [batch, 8]))
    #expect(try TopK(k: 3).resultTypes([x]).map(\.dtype) == [.f32, .i32])
    #expect(try type(TopK(k: 3), x).shape == [batch, tokens, 3])
    #expect(throws: OpError.attributeRange("axes", rule: "[1, -2] names an axis twice")) {
      try type(ReduceSum(axes: [1, -2]), x)
    }
    #expect(throws: OpError.attributeRange("axes", rule: "axis 3 of a tensor of rank 3")) {
      try type(ReduceSum(axes: [3]), x)
    }
    #expect(throws: OpError.dtype(operand: 0, expected: [.f32, .f16, .bf16])) {
      try type(ReduceMean(), x.with(.i32))
    }
    #expect(throws: OpError.attributeRange("k", rule: "9 is above 8, the extent of the last axis"))
    {
      try type(TopK(k: 9), x)
    }
    #expect(throws: OpError.attributeRange("k", rule: "0 is below 1")) { try TopK(["k": .int(0)]) }
    #expect(throws: OpError.rank(operand: 0, expected: "1 or more")) {
      try type(TopK(k: 1), TensorType(.f32))
    }
  }

  @Test func `dropout and gelu check their attributes`() throws {
    #expect(throws: OpError.attributeRange("rate", rule: "1.0 isn't at least 0 and below 1")) {
      try Dropout(["rate": .double(1)])
    }
    #expect(throws: OpError.attributeRange("rate", rule: "nan isn't at least 0 and below 1")) {
      try Dropout(["rate": .double(.nan)])
    }
    #expect(
      throws: OpError.wrongAttribute(
        "approximation", expected: "one of \"none\", \"tanh\"", found: .string("fast"))
    ) { try Gelu(["approximation": .string("fast")]) }
  }

  @Test func `the list is alphabetical and has no name twice`() throws {
    let names = BuiltinOps.all.map { String(describing: $0) }
    #expect(names == names.sorted { $0.lowercased() < $1.lowercased() })
    #expect(BuiltinOps.table().names.count == names.count)
  }

  @Test(arguments: BuiltinOps.table().names)
  func `every op has a summary and kernels`(name: String) throws {
    let op = try #require(BuiltinOps.all.first { $0.name == name })
    #expect(op.signature.summary.hasSuffix("."))
    #expect(op is any Evaluable.Type)
    #expect(op is any KernelProviding.Type)
  }
}

extension TensorType {
  /// The type with other elements.
  func with(_ dtype: DType) -> TensorType { TensorType(dtype, shape) }
}
