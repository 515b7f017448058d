import Executor
import IR
import Tensors

/// What a graph's values are before any run: weights, constants, and what is computed from them
/// alone.
///
/// What doesn't hang on the bindings is computed once for all of them.
struct KnownValues: Sendable {
  /// A result that hangs on weights but on no binding.
  private struct Key: Hashable {
    var node: NodeID
    var result: Int
  }

  /// What hangs on constants or on the binding stays in the plan's steps when it is larger.
  private static let byteLimit = 4 << 20

  private var weights: [String: Tensor] = [:]
  private var computed: [Key: Tensor] = [:]

  /// The known values of `graph`, which is `symbolic` with its symbols bound; node for node the same.
  mutating func resolve(
    _ graph: Graph, symbolic: Graph, weights source: any WeightSource, table: KernelTable,
    packed: PackedWeights
  ) throws(PlanningError) -> [Tensor?] {
    var known = [Tensor?](repeating: nil, count: graph.values.count)
    for value in graph.values {
      switch value.definition {
      case .constant(let tensor): known[value.id.index] = tensor
      case .parameter(let parameter):
        known[value.id.index] = try weight(parameter, value, source)
      case .input, .result: break
      }
    }
    // Values that are the same for every binding: what they are made of mustn't hang on it either.
    var isFixed = known.map { $0 != nil }
    for (node, original) in zip(graph.nodes, symbolic.nodes) {
      let operands = node.operands.compactMap { known[$0.index] }
      guard operands.count == node.operands.count else { continue }
      let fixed =
        node.operands.allSatisfy { isFixed[$0.index] }
        && node.op.attributes == original.op.attributes
      let reused =
        fixed ? node.results.indices.compactMap { computed[Key(node: node.id, result: $0)] } : []
      if reused.count == node.results.count {
        for (result, tensor) in zip(node.results, reused) { known[result.index] = tensor }
      } else {
        try compute(node, operands, of: graph, table, packed, into: &known)
      }
      for (i, result) in node.results.enumerated() where fixed {
        isFixed[result.index] = true
        computed[Key(node: node.id, result: i)] = known[result.index]
      }
    }
    return known
  }

  private mutating func weight(
    _ parameter: Parameter, _ value: Value, _ source: any WeightSource
  ) throws(PlanningError) -> Tensor {
    if let known = weights[parameter.name] { return known }
    let tensor: Tensor
    do {
      tensor = try source.tensor(for: parameter, type: value.type).aligned()
    } catch {
      throw .weight(name: parameter.name, error)
    }
    let fits =
      tensor.dtype == value.type.dtype
      || tensor.dtype.isFloatingPoint && value.type.dtype.isFloatingPoint
    guard fits, Shape(tensor.dims) == value.type.shape else {
      throw .weightType(name: parameter.name, expected: value.type, found: tensor.type)
    }
    weights[parameter.name] = tensor
    return tensor
  }

  /// Computes `node` once: as a view, by its kernel, or by its reference.
  private func compute(
    _ node: Node, _ operands: [Tensor], of graph: Graph, _ table: KernelTable,
    _ packed: PackedWeights, into known: inout [Tensor?]
  ) throws(PlanningError) {
    let types = node.results.map { graph.type(of: $0) }
    do {
      if let view = node.op as? any Viewing, types.count == 1, let dims = types[0].shape.values,
        let offset = view.viewOffset(operands.map(\.type), types[0])
      {
        let (tensor, result) = (operands[0], node.results[0])
        known[result.index] = try Tensor(
          dtype: tensor.dtype, dims: dims, storage: tensor.storage,
          byteOffset: tensor.byteOffset + offset * tensor.dtype.byteCount)
        return
      }
      let bytes = Cost.byteCount(types)
      let operandBytes = operands.reduce(0) { $0 + $1.byteCount }
      guard bytes <= max(Self.byteLimit, operandBytes) else { return }
      let declared = try zip(node.operands, operands).map { value, tensor in
        try packed.converted(tensor, to: graph.type(of: value).dtype)
      }
      let results = try Self.results(of: node, declared, types, table, packed)
      for (value, tensor) in zip(node.results, results ?? []) { known[value.index] = tensor }
    } catch {
      throw .evaluation(op: node.op.name, error, origin: node.origin)
    }
  }

  private static func results(
    of node: Node, _ operands: [Tensor], _ types: [TensorType], _ table: KernelTable,
    _ packed: PackedWeights
  ) throws -> [Tensor]? {
    if let op = node.op as? any KernelProviding {
      let request = KernelRequest(
        operands: operands.map(\.type), results: types, constants: operands.map { _ in nil },
        table: table, packed: packed)
      if let binding = try? op.makeKernel(request) {
        packed.finish()
        return try SingleRun.run(binding, operands: operands, results: types)
      }
    }
    return try (node.op as? any Evaluable)?.evaluate(operands)
  }
}

/// Runs one kernel outside any plan.
enum SingleRun {
  static func run(
    _ binding: KernelBinding, operands: [Tensor], results types: [TensorType]
  ) throws -> [Tensor] {
    let results = try types.map {
      try Tensor(zeros: $0.dtype, dims: $0.shape.values ?? [])
    }
    let scratch = try Storage(byteCount: binding.kernel.scratchByteCount)
    var pointers = binding.operands.map { operands[$0].pointer } + results.map(\.pointer)
    var fault = -1
    let message = pointers.withUnsafeMutableBufferPointer { pointers -> String? in
      guard let base = pointers.baseAddress else { return nil }
      return withUnsafeMutablePointer(to: &fault) { fault in
        let io = KernelIO(
          pointers: UnsafePointer(base), scratch: scratch.base, fault: fault)
        binding.kernel.run(tiles: 0..<binding.kernel.tiles, io: io)
        return fault.pointee < 0
          ? nil : binding.kernel.describe(fault: fault.pointee, io: io)
      }
    }
    withExtendedLifetime((operands, scratch)) {}
    if let message { throw SingleRunError.fault(message) }
    return results
  }
}

/// A kernel's own words for data that has no result.
enum SingleRunError: Error, CustomStringConvertible {
  case fault(String)

  var description: String {
    switch self {
    case .fault(let message): message
    }
  }
}
