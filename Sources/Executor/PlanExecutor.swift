import Synchronization
import Tensors

/// Runs plans: workers, and memory that is kept from run to run.
///
/// Any number of threads may run plans on one executor. The first gets the workers; a run that
/// finds them taken computes on its own thread, with the same result.
public final class PlanExecutor: Sendable {
  /// Threads of a run at most, the caller among them.
  public let threads: Int
  private let pool: Mutex<ThreadPool?> = Mutex(nil)
  private let arenas: ArenaPool
  private let spins: Int
  private static let noBarrier = ParkingLot(count: 0)

  /// An executor of `threads` threads; by default as many as ``ProcessorCount`` finds worth it.
  /// The workers start with the first run that has use for them.
  public init(threads: Int? = nil) {
    let available = ProcessorCount.available().count
    self.threads = max(1, threads ?? available)
    // With more threads than processors, spinning takes the time of the one that is waited for.
    spins = self.threads <= available ? 20_000 : 100
    arenas = ArenaPool(limit: 4)
  }

  /// Bytes of arenas that are kept for the next run.
  public var idleArenaByteCount: Int { arenas.byteCount }

  /// The outputs of `plan` for `inputs`, which are in the order of ``Plan/inputs``.
  ///
  /// The same bytes for any number of threads. A run that throws leaves everything usable; of `states`
  /// it may have changed what it would have.
  ///
  /// - Parameter states: the memory of ``Plan/states``, in their order; no two runs at once may be given
  ///   the same.
  public func run(
    _ plan: Plan, inputs: [Tensor], states: [Storage] = [], trace: Trace? = nil,
    cancellation: Cancellation? = nil
  ) throws(ExecutionError) -> [Tensor] {
    let start = trace?.clock.now() ?? 0
    let inputs = try PlanExecutor.checked(inputs, for: plan)
    guard states.map(\.byteCount) == plan.states.map(\.byteCount) else {
      throw .states(expected: plan.states, found: states.map(\.byteCount))
    }
    let participants = min(threads, plan.largestTileCount)
    let workers = participants > 1 ? workers() : nil
    let outputs: [Tensor]
    let arena: Storage
    do {
      outputs = try plan.outputs.map { port throws(TensorError) in
        try Tensor(uninitialized: port.dtype, dims: port.dims)
      }
      arena = try arenas.take(RunMemory.byteCount(of: plan, participants: participants))
    } catch {
      throw .memory(error)
    }
    let context = RunContext(
      plan: plan, participants: participants,
      memory: RunMemory(
        plan: plan, participants: participants, arena: arena, inputs: inputs, outputs: outputs,
        states: states),
      cancellation: cancellation,
      records: trace.map {
        TraceRecords(steps: plan.steps.count, participants: participants, clock: $0.clock)
      }, barrier: workers?.barrier ?? PlanExecutor.noBarrier, spins: spins)
    let ready = trace?.clock.now() ?? 0
    walk(context, with: workers)
    defer { arenas.give(arena) }
    try PlanExecutor.throwFailure(of: context)
    if let trace, let records = context.records {
      trace.append(
        Trace.Notes(
          records: records, plan: plan, start: start, ready: ready,
          end: trace.clock.now()))
    }
    return outputs
  }

  private func walk(_ context: RunContext, with workers: ThreadPool?) {
    guard let workers, workers.run(context) else {
      context.walkAlone()
      return
    }
    if context.stopped.load(ordering: .relaxed) || context.faulted.load(ordering: .relaxed) {
      context.waitForWorkers()
    }
  }

  private func workers() -> ThreadPool {
    pool.withLock { pool in
      if let pool { return pool }
      let made = ThreadPool(threads: threads, spins: spins)
      pool = made
      return made
    }
  }

  private static func throwFailure(of context: RunContext) throws(ExecutionError) {
    if let fault = context.memory.fault {
      let step = context.plan.steps[fault.step]
      let io = context.memory.io(buffers: context.plan.layout.firstBuffer[fault.step], 0)
      throw .fault(
        step: fault.step, label: step.label, kernel: step.kernel.name,
        message: step.kernel.describe(fault: fault.position, io: io))
    }
    if context.stopped.load(ordering: .relaxed) { throw .cancelled }
  }

  /// `inputs`, where they are what the plan asks for; copied where their elements aren't aligned.
  private static func checked(
    _ inputs: [Tensor], for plan: Plan
  ) throws(ExecutionError) -> [Tensor] {
    guard inputs.count == plan.inputs.count else {
      throw .inputCount(expected: plan.inputs.map(\.name), found: inputs.count)
    }
    var checked = inputs
    for (i, (input, port)) in zip(inputs, plan.inputs).enumerated() {
      guard input.dtype == port.dtype, input.dims == port.dims else {
        throw .inputType(name: port.name, expected: port.type, found: input.type)
      }
      do {
        checked[i] = try input.aligned()
      } catch {
        throw .memory(error)
      }
    }
    return checked
  }
}
