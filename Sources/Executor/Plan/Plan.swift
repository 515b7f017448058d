import Tensors

/// A computation with every decision made: kernels in the order in which they run, and where each
/// finds its memory.
///
/// A step sees what the steps before it wrote; its tiles run in any order on any worker. Checked
/// when it is made: running it touches no memory outside the blocks.
public struct Plan: Sendable {
  /// Blocks start at multiples of this many bytes.
  public static let alignment = Storage.alignment

  /// The kernels, in order.
  public let steps: [Step]
  /// Bytes of the block that holds intermediate values.
  public let arenaByteCount: Int
  /// Tensors known before the run.
  public let constants: [Tensor]
  /// What a run is given, in order.
  public let inputs: [Port]
  /// What a run gives back, in order.
  public let outputs: [Port]
  /// What outlives a run: read and written in place.
  public let states: [StatePort]
  /// What is derived from the steps for the workers.
  let layout: PlanLayout

  /// A plan from its parts.
  public init(
    steps: [Step], arenaByteCount: Int, constants: [Tensor] = [], inputs: [Port],
    outputs: [Port], states: [StatePort] = []
  ) throws(PlanError) {
    let check = try PlanCheck(
      arena: arenaByteCount, constants: constants, inputs: inputs, outputs: outputs,
      states: states)
    try check.check(steps)
    self.steps = steps
    self.arenaByteCount = arenaByteCount
    self.constants = constants
    self.inputs = inputs
    self.outputs = outputs
    self.states = states
    layout = PlanLayout(steps)
  }

  /// The largest number of tiles of a step: more workers than that have nothing to do.
  public var largestTileCount: Int { layout.largestTileCount }

  /// Bytes of scratch memory that all workers of a run on `threads` threads take.
  public func scratchByteCount(threads: Int) -> Int {
    min(threads, largestTileCount) * layout.scratchByteCount
  }
}

/// The rules of a plan.
private struct PlanCheck {
  let arena: Int
  let constants: [Int]
  let inputs: [Int]
  let outputs: [Int]
  let states: [Int]
  let outputNames: [String]

  init(
    arena: Int, constants: [Tensor], inputs: [Port], outputs: [Port], states: [StatePort]
  ) throws(PlanError) {
    guard arena >= 0 else { throw .arena(byteCount: arena) }
    self.arena = arena
    self.constants = constants.map(\.byteCount)
    self.inputs = try inputs.map(PlanCheck.byteCount)
    self.outputs = try outputs.map(PlanCheck.byteCount)
    self.states = states.map(\.byteCount)
    outputNames = outputs.map(\.name)
  }

  static func byteCount(of port: Port) throws(PlanError) -> Int {
    do {
      return try Tensor.byteCount(port.dtype, port.dims)
    } catch {
      throw .port(name: port.name, error)
    }
  }

  func check(_ steps: [Step]) throws(PlanError) {
    var written = outputs.map { $0 == 0 }
    for (i, step) in steps.enumerated() {
      let (tiles, scratch) = (step.kernel.tiles, step.kernel.scratchByteCount)
      guard tiles >= 1 else { throw .noTiles(step: i, kernel: step.kernel.name) }
      guard scratch >= 0, scratch < 1 << 40 else {
        throw .scratch(step: i, kernel: step.kernel.name, byteCount: scratch)
      }
      for buffer in step.operands { try check(buffer, step: i) }
      for buffer in step.results {
        try check(buffer, step: i)
        switch buffer.place {
        case .arena, .state: break
        case .output(let output): written[output] = true
        case .input, .constant: throw .readOnly(step: i, buffer)
        }
      }
    }
    if let missing = written.firstIndex(of: false) {
      throw .unwrittenOutput(name: outputNames[missing])
    }
  }

  func check(_ buffer: BufferReference, step: Int) throws(PlanError) {
    let start: Int
    let capacity: Int?
    switch buffer.place {
    case .arena(let offset):
      guard offset % Plan.alignment == 0 else { throw .misaligned(step: step, buffer) }
      start = offset
      capacity = arena
    case .constant(let i):
      (start, capacity) = (0, constants.indices.contains(i) ? constants[i] : nil)
    case .input(let i): (start, capacity) = (0, inputs.indices.contains(i) ? inputs[i] : nil)
    case .output(let i): (start, capacity) = (0, outputs.indices.contains(i) ? outputs[i] : nil)
    case .state(let i): (start, capacity) = (0, states.indices.contains(i) ? states[i] : nil)
    }
    guard let capacity else { throw .unknownBlock(step: step, buffer) }
    let (first, overflow1) = start.addingReportingOverflow(buffer.byteOffset)
    let (end, overflow2) = first.addingReportingOverflow(buffer.byteCount)
    guard
      start >= 0, buffer.byteOffset >= 0, buffer.byteCount >= 0, !overflow1, !overflow2,
      end <= capacity
    else { throw .outOfBounds(step: step, buffer, capacity: capacity) }
  }
}
