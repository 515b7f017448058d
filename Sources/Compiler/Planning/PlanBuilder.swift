import Executor
import IR
import Tensors

/// Makes the plan of one bound graph: kernels, buffers, offsets.
struct PlanBuilder {
  let graph: Graph
  let known: [StoredWeight?]
  let table: KernelTable
  let packed: PackedWeights
  let offers: [any KernelOffer]
  let order: NodeOrder
  let stateFormat: StateFormat
  private var buffers: BufferAssignment
  private var plannedSteps: [PlannedStep] = []
  private var drafts: [Draft] = []
  private var constants: [Tensor] = []
  private var constantReads: [RowsRead] = []
  private var constantPositions: [PackedWeights.Key: Int] = [:]

  /// A step whose buffers have no offsets yet.
  private struct Draft {
    var kernel: any Kernel
    var operands: [BufferLocation]
    var results: [BufferLocation]
  }

  init(
    _ graph: Graph, known: [StoredWeight?], table: KernelTable, packed: PackedWeights,
    offers: [any KernelOffer] = [], order: NodeOrder = .quick, stateFormat: StateFormat = .f32
  ) {
    self.offers = offers
    self.order = order
    self.stateFormat = stateFormat
    self.graph = graph
    self.known = known
    self.table = table
    self.packed = packed
    buffers = BufferAssignment(valueCount: graph.values.count)
  }

  mutating func build(
    bindings: Bindings, since start: ContinuousClock.Instant
  ) throws(PlanningError) -> PlannedGraph {
    let schedule = try Schedule(graph, isKnown: known.map { $0 != nil }, order: order)
    buffers = schedule.buffers
    for node in schedule.nodes where !buffers.isView(node) { try addStep(node) }
    try addOutputCopies()
    let memory = MemoryPlanner.plan(buffers.intervals)
    let plan = try makePlan(memory)
    return PlannedGraph(
      plan: plan, bindings: bindings, graph: graph, steps: plannedSteps, memory: memory,
      buffers: buffers.arenaBuffers.map(described), constantReads: constantReads,
      viewCount: buffers.viewCount, viewByteCount: buffers.viewByteCount,
      inPlaceCount: buffers.inPlaceCount, inPlaceByteCount: buffers.inPlaceByteCount,
      duration: ContinuousClock.now - start)
  }

  private func described(_ value: ValueID) -> PlannedBuffer {
    let op = graph.producer(of: value)?.op
    return PlannedBuffer(
      name: graph[value].name ?? op?.name ?? "\(value)", type: graph.type(of: value),
      category: op?.signature.category ?? .other,
      origin: graph[value].origin)
  }

  private func byteCount(of value: ValueID) throws(PlanningError) -> Int {
    let type = graph.type(of: value)
    do {
      if graph.state(of: value) != nil {
        return try stateFormat.byteCount(type.shape.values ?? [])
      }
      return try Tensor.byteCount(type.dtype, type.shape.values ?? [])
    } catch {
      throw .size(error, origin: graph[value].origin)
    }
  }

  private mutating func addStep(_ node: Node) throws(PlanningError) {
    let op = node.op
    var stored: [StoredWeight?] = []
    for (i, operand) in node.operands.enumerated() {
      stored.append(try weight(operand, for: op, at: i))
    }
    let operands = zip(node.operands, stored).map { $1?.tensor?.type ?? graph.type(of: $0) }
    let results = node.results.map { graph.type(of: $0) }
    let request = KernelRequest(
      operands: operands, results: results, stored: stored, table: table, packed: packed,
      stateFormat: stateFormat)
    let made: KernelBinding?
    do {
      made = try kernel(for: op, request)
    } catch {
      throw .kernel(error, origin: node.origin)
    }
    guard let binding = made else { throw .noKernel(op: op.name, origin: node.origin) }
    let step = drafts.count
    var draft = Draft(kernel: binding.kernel, operands: [], results: [])
    for i in binding.operands {
      let reads = (op as? any RowReading)?.rowsRead(ofOperand: i, operands) ?? .all
      let location = try place(node.operands[i], constant: stored[i]?.tensor, reads: reads)
      buffers.use(location, in: step)
      draft.operands.append(location)
    }
    for result in node.results {
      let location = try location(of: result)
      buffers.use(location, in: step)
      draft.results.append(location)
    }
    drafts.append(draft)
    plannedSteps.append(
      PlannedStep(
        op: node.op.name, category: node.op.signature.category,
        kernel: binding.kernel.name, origin: node.origin,
        cost: cost(of: node.op, operands, results, stored), type: results[0], node: node.id))
  }

  /// The first kernel that is offered for `op`, or else its own; nil where it has none.
  private func kernel(
    for op: any Op, _ request: KernelRequest
  ) throws(KernelError) -> KernelBinding? {
    for offer in offers where offer.op == op.name {
      if let kernel = try offer.makeKernel(for: op, request) { return kernel }
    }
    return try (op as? any KernelProviding)?.makeKernel(request)
  }

  /// The cost of `op`, whose operands stand in memory as `stored` says.
  private func cost(
    of op: any Op, _ operands: [TensorType], _ results: [TensorType], _ stored: [StoredWeight?]
  ) -> Cost {
    var cost = Cost(of: op, operands, results)
    for (i, type) in operands.enumerated() {
      if let matrix = stored[i]?.int8 {
        cost.bytesRead -= Cost.byteCount([type]) - matrix.byteCount
      }
      if let matrix = stored[i]?.blocks {
        let rows =
          switch (op as? any RowReading)?.rowsRead(ofOperand: i, operands) ?? .all {
          case .all: matrix.rows
          case .picked(let count), .first(let count): count
          }
        let saved = matrix.columns * type.dtype.byteCount - matrix.bytesPerRow
        cost.bytesRead -= min(rows, matrix.rows) * saved
      }
    }
    return cost
  }

  /// Outputs that no step writes directly are copied.
  private mutating func addOutputCopies() throws(PlanningError) {
    for (i, output) in graph.outputs.enumerated() where !buffers.isWritten(output: i) {
      let bytes = try byteCount(of: output.value)
      let source = try place(
        output.value, constant: try constant(output.value))
      buffers.use(source, in: drafts.count)
      drafts.append(
        Draft(
          kernel: CopyKernel(byteCount: bytes), operands: [source],
          results: [BufferLocation(block: .output(i), byteOffset: 0, byteCount: bytes)]))
      plannedSteps.append(
        PlannedStep(
          op: "copy", category: .movement, kernel: "copy-bytes",
          origin: graph[output.value].origin,
          cost: Cost(flops: 0, bytesRead: bytes, bytesWritten: bytes),
          type: graph.type(of: output.value), node: nil))
    }
  }

  private mutating func location(of value: ValueID) throws(PlanningError) -> BufferLocation {
    buffers.location(of: value, byteCount: try byteCount(of: value))
  }

  /// Where a kernel finds `value`, which is `constant` where it is known before the run.
  private mutating func place(
    _ value: ValueID, constant: Tensor?, reads: RowsRead = .all
  ) throws(PlanningError) -> BufferLocation {
    guard let constant else { return try location(of: value) }
    return location(of: constant, reads: reads)
  }

  /// What operand `i` of `op` is, where it is known before the run: as it is stored where the op's
  /// kernels read that, else in the type that the graph says.
  private func weight(
    _ value: ValueID, for op: any Op, at i: Int
  ) throws(PlanningError) -> StoredWeight? {
    guard let op = op as? any KernelProviding else {
      return try constant(value).map { .dense($0) }
    }
    return switch known[value.index] {
    case .dense(let tensor)? where op.readsStored(i): .dense(tensor)
    case .int8(let matrix)? where op.readsInt8(i, matrix): .int8(matrix)
    case .blocks(let matrix)? where op.readsBlocks(i, matrix): .blocks(matrix)
    default: try constant(value).map { .dense($0) }
    }
  }

  /// The tensor of a value that is known before the run, in the type that the graph says.
  private func constant(_ value: ValueID) throws(PlanningError) -> Tensor? {
    guard let weight = known[value.index] else { return nil }
    do {
      return try packed.converted(weight, to: graph.type(of: value).dtype)
    } catch {
      throw .size(error, origin: graph[value].origin)
    }
  }

  /// Where a constant stands, in the list of which each stands once.
  private mutating func location(of constant: Tensor, reads: RowsRead) -> BufferLocation {
    let key = PackedWeights.Key([constant], layout: constant.dtype.rawValue)
    let at = constantPositions[key] ?? constants.count
    if at == constants.count {
      constants.append(constant)
      constantReads.append(reads)
      constantPositions[key] = at
    } else {
      constantReads[at] = constantReads[at].joined(with: reads)
    }
    return BufferLocation(block: .constant(at), byteOffset: 0, byteCount: constant.byteCount)
  }

  private func makePlan(_ memory: MemoryPlan) throws(PlanningError) -> Plan {
    func reference(_ location: BufferLocation) -> BufferReference {
      let place: BufferReference.Place =
        switch location.block {
        case .buffer(let i): .arena(memory.offsets[i])
        case .constant(let i): .constant(i)
        case .input(let i): .input(i)
        case .output(let i): .output(i)
        case .state(let i): .state(i)
        }
      return BufferReference(
        place, byteOffset: location.byteOffset, byteCount: location.byteCount)
    }
    func port(_ name: String, _ type: TensorType) -> Port {
      Port(name, type.dtype, type.shape.values ?? [])
    }
    let steps = drafts.enumerated().map { i, draft in
      Step(
        draft.kernel, operands: draft.operands.map(reference),
        results: draft.results.map(reference), label: i)
    }
    let states = try graph.states.map { value, name throws(PlanningError) in
      StatePort(name, byteCount: try byteCount(of: value.id))
    }
    do {
      return try Plan(
        steps: steps, arenaByteCount: memory.arenaByteCount, constants: constants,
        inputs: graph.inputs.map { port($0.inputName, $0.type) },
        outputs: graph.outputs.map { port($0.name, graph.type(of: $0.value)) }, states: states)
    } catch {
      throw .plan(error)
    }
  }
}

extension Value {
  /// The name by which a run is given it.
  fileprivate var inputName: String {
    if case .input(let name) = definition { name } else { "" }
  }
}
