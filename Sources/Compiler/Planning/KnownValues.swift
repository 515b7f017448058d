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
  /// Larger results aren't worked out for a plan that never runs.
  private static let largestForeseen = 64 << 10

  private var weights: [String: StoredWeight] = [:]
  private var computed: [Key: StoredWeight] = [:]

  init() {}

  /// Nothing but the weights of `other`.
  init(sharing other: KnownValues) { weights = other.weights }

  /// The known values of `graph`, which is `symbolic` with its symbols bound; node for node the same.
  mutating func resolve(
    _ graph: Graph, symbolic: Graph, weights source: any WeightSource, table: KernelTable,
    packed: PackedWeights
  ) throws(PlanningError) -> [StoredWeight?] {
    var known = [StoredWeight?](repeating: nil, count: graph.values.count)
    for value in graph.values {
      switch value.definition {
      case .constant(let tensor): known[value.id.index] = .dense(tensor)
      case .parameter(let parameter):
        known[value.id.index] = try weight(parameter, value, source)
      case .input, .state, .result: break
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
        for (result, weight) in zip(node.results, reused) { known[result.index] = weight }
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

  /// Which values of a bound graph ``resolve(_:symbolic:weights:table:packed:)`` would know, told from
  /// their types alone.
  static func foreseen(in graph: Graph) -> [Bool] {
    var known = graph.values.map { value in
      switch value.definition {
      case .constant, .parameter: true
      case .input, .state, .result: false
      }
    }
    for node in graph.nodes where node.operands.allSatisfy({ known[$0.index] }) {
      let (operands, results) = (
        node.operands.map { graph.type(of: $0) }, node.results.map { graph.type(of: $0) }
      )
      let isView =
        node.operands.count == 1 && results.count == 1
        && (node.op as? any Viewing)?.viewOffset(operands, results[0]) != nil
      let isSmall = Cost.byteCount(results) <= max(byteLimit, Cost.byteCount(operands))
      let isComputed = isSmall && (node.op is any KernelProviding || node.op is any Evaluable)
      for result in node.results where isView || isComputed { known[result.index] = true }
    }
    return known
  }

  private mutating func weight(
    _ parameter: Parameter, _ value: Value, _ source: any WeightSource
  ) throws(PlanningError) -> StoredWeight {
    if let known = weights[parameter.name] { return known }
    var weight: StoredWeight
    do {
      weight = try source.weight(for: parameter, type: value.type)
      if case .dense(let tensor) = weight { weight = .dense(try tensor.aligned()) }
    } catch {
      throw .weight(name: parameter.name, error)
    }
    guard weight.fits(value.type) else {
      throw .weightType(
        name: parameter.name, expected: value.type, found: weight.typeDescription)
    }
    weights[parameter.name] = weight
    return weight
  }

  /// Computes `node` once: as a view, in the form in which its operand is stored, by its kernel, or
  /// by its reference.
  private func compute(
    _ node: Node, _ operands: [StoredWeight], of graph: Graph, _ table: KernelTable,
    _ packed: PackedWeights, into known: inout [StoredWeight?]
  ) throws(PlanningError) {
    let types = node.results.map { graph.type(of: $0) }
    do {
      if let part = try Self.part(of: operands, by: node.op, types, packed) {
        known[node.results[0].index] = part
        return
      }
      let bytes = Cost.byteCount(types)
      let operandBytes = operands.reduce(0) { $0 + $1.denseByteCount }
      guard bytes <= max(Self.byteLimit, operandBytes) else { return }
      let declared = try zip(node.operands, operands).map { value, weight in
        try packed.converted(weight, to: graph.type(of: value).dtype)
      }
      let results = try Self.results(of: node, declared, types, table, packed)
      for (value, tensor) in zip(node.results, results ?? []) {
        known[value.index] = .dense(tensor)
      }
      // Of a file, what was read here isn't needed again, or is read again.
      if results != nil { for tensor in declared { tensor.dropPages() } }
    } catch {
      throw .evaluation(op: node.op.name, error, origin: node.origin)
    }
  }

  /// The result of an op that only picks a part of its operand, which stays as it is stored.
  private static func part(
    of operands: [StoredWeight], by op: any Op, _ types: [TensorType], _ packed: PackedWeights
  ) throws -> StoredWeight? {
    guard operands.count == 1, types.count == 1, let dims = types[0].shape.values else {
      return nil
    }
    switch operands[0] {
    case .int8(let matrix):
      if let part = try (op as? any Int8Preserving)?.part(of: matrix) { return .int8(part) }
      return try part(ofWidened: operands[0], by: op, types, packed)
    case .blocks(let matrix):
      if let part = try (op as? any BlocksPreserving)?.part(of: matrix) { return .blocks(part) }
      return try part(ofWidened: operands[0], by: op, types, packed)
    case .dense(let tensor):
      guard let view = op as? any Viewing,
        let offset = view.viewOffset([tensor.type], types[0])
      else { return nil }
      return .dense(
        try Tensor(
          dtype: tensor.dtype, dims: dims, storage: tensor.storage,
          byteOffset: tensor.byteOffset + offset * tensor.dtype.byteCount))
    }
  }

  /// The result of an op that views its operand, of a copy in reals.
  private static func part(
    ofWidened operand: StoredWeight, by op: any Op, _ types: [TensorType], _ packed: PackedWeights
  ) throws -> StoredWeight? {
    guard op is any Viewing else { return nil }
    let widened = try packed.converted(operand, to: types[0].dtype)
    return try part(of: [.dense(widened)], by: op, types, packed)
  }

  private static func results(
    of node: Node, _ operands: [Tensor], _ types: [TensorType], _ table: KernelTable,
    _ packed: PackedWeights
  ) throws -> [Tensor]? {
    if packed.onlyPromises, Cost.byteCount(types) > largestForeseen,
      node.op is any KernelProviding || node.op is any Evaluable
    {
      return try types.map { try packed.promisedResult($0, of: operands) }
    }
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

extension StoredWeight {
  /// Whether the weight may stand where a graph needs a tensor of type `type`.
  fileprivate func fits(_ type: TensorType) -> Bool {
    guard Shape(dims) == type.shape else { return false }
    switch self {
    case .dense(let tensor):
      return tensor.dtype == type.dtype
        || tensor.dtype.isFloatingPoint && type.dtype.isFloatingPoint
    case .int8, .blocks: return type.dtype.isFloatingPoint
    }
  }

  /// Bytes of the weight once it is widened; a dense one counts as it is.
  fileprivate var denseByteCount: Int {
    switch self {
    case .dense(let tensor): tensor.byteCount
    case .int8(let matrix): matrix.rows * matrix.columns * DType.f32.byteCount
    case .blocks(let matrix): matrix.rows * matrix.columns * DType.f32.byteCount
    }
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
