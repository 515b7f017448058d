import Tensors

@testable import IR

/// Elementwise sum; broadcasts.
struct AddOp: Op {
  static let signature = OpSignature(
    "test_add", "Adds.", category: .elementwise, operands: [.required("a"), .required("b")])
  init() {}
  init(_ attributes: Attributes) throws(OpError) {}
  var attributes: Attributes { [:] }
  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    guard operands.count == 2 else {
      throw .operandCount(expected: "2 operands", found: operands.count)
    }
    guard operands[0].dtype == operands[1].dtype else { throw .dtypesDiffer(0, 1) }
    guard let shape = operands[0].shape.broadcast(with: operands[1].shape) else {
      throw .broadcast(0, 1)
    }
    return [TensorType(operands[0].dtype, shape)]
  }
}

/// An op with an attribute of every kind, that gives its operand's type `results` times.
struct ManyOp: Op {
  static let signature = OpSignature(
    "test_many", "Copies.", operands: [.variadic("x"), .optional("scale")],
    attributes: [
      .init("results", .int, default: .int(1)), .init("axes", .ints, default: .ints([])),
      .init("extent", .dim, default: .int(0)), .init("extents", .dims, default: .dims([])),
      .init("factor", .double, default: .double(1)), .init("flag", .bool, default: .bool(false)),
      .init("text", .string([]), default: .string("")),
      .init("mode", .string(["fast", "slow"]), default: .string("fast")),
      .init("to", .dtype, default: .dtype(.f32)),
    ])
  let attributes: Attributes
  let results: Int
  init(_ attributes: Attributes) throws(OpError) {
    results = try attributes.int("results")
    guard (0...8).contains(results) else { throw .attributeRange("results", rule: "0 ... 8") }
    self.attributes = attributes
  }
  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    guard let first = operands.first else { throw .operandCount(expected: "1 or more", found: 0) }
    return Array(repeating: first, count: results)
  }
}

/// A view under other extents, which may be symbolic.
struct ReshapeOp: Op {
  static let signature = OpSignature(
    "test_reshape", "Reshapes.", category: .movement, operands: [.required("x")],
    attributes: [.init("dims", .dims)])
  let dims: [Dim]
  init(_ dims: [Dim]) { self.dims = dims }
  init(_ attributes: Attributes) throws(OpError) { dims = try attributes.dims("dims") }
  var attributes: Attributes { ["dims": .dims(dims)] }
  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    guard operands.count == 1 else {
      throw .operandCount(expected: "1 operand", found: operands.count)
    }
    let result = TensorType(operands[0].dtype, Shape(dims))
    do {
      guard try result.shape.elementCount() == operands[0].shape.elementCount() else {
        throw OpError.shape(operand: 0, rule: "as many elements")
      }
    } catch let error as DimError {
      throw .dim(error)
    } catch {
      throw .shape(operand: 0, rule: "as many elements")
    }
    return [result]
  }
}

func testTable() throws -> OpTable { try OpTable([AddOp.self, ManyOp.self, ReshapeOp.self]) }

func many(_ attributes: Attributes = [:]) throws -> ManyOp {
  try ManyOp(ManyOp.signature.completing(attributes))
}

/// Whether two graphs agree in everything: ids, types, definitions, names, origins, outputs.
func difference(_ a: Graph, _ b: Graph) -> String? {
  if a.name != b.name { return "name" }
  if a.outputs != b.outputs { return "outputs" }
  if a.values.count != b.values.count { return "values" }
  if a.nodes.count != b.nodes.count { return "nodes" }
  for (v, w) in zip(a.values, b.values) {
    if v.id != w.id || v.type != w.type || v.name != w.name || v.origin != w.origin {
      return "value \(v.id)"
    }
    switch (v.definition, w.definition) {
    case (.input(let x), .input(let y)): if x != y { return "input \(x)" }
    case (.parameter(let x), .parameter(let y)): if x != y { return "parameter \(x)" }
    case (.constant(let x), .constant(let y)):
      if x.type != y.type || !x.withUnsafeBytes({ p in y.withUnsafeBytes { p.elementsEqual($0) } })
      {
        return "constant \(v.id)"
      }
    case (.result(let n, let i), .result(let m, let j)):
      if n != m || i != j { return "result \(v.id)" }
    default: return "definition \(v.id)"
    }
  }
  for (n, m) in zip(a.nodes, b.nodes) {
    if n.id != m.id || !n.op.isEqual(to: m.op) || n.operands != m.operands
      || n.results != m.results || n.origin != m.origin
    {
      return "node \(n.id.index)"
    }
  }
  return a.users == b.users ? nil : "users"
}

/// A small deterministic generator (SplitMix64).
struct TestGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
