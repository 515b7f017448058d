/// What the workers of one run note down: a slot for each worker and step, in ticks of a clock.
///
/// `@unchecked Sendable`: a slot is written by its worker only, before it counts its tiles as done;
/// whoever reads has seen them done.
final class TraceRecords: @unchecked Sendable {
  let participants: Int
  let slots: TraceSlots

  init(steps: Int, participants: Int, clock: TraceClock) {
    self.participants = participants
    slots = TraceSlots(steps: steps, participants: participants, clock: clock)
  }

  deinit { slots.base.deallocate() }

  func slot(step: Int, _ participant: Int) -> TraceSlots.Slot {
    slots.base[participant * slots.stride + step]
  }
}

/// The memory of ``TraceRecords``. Trivial: to count the references of a class at each claim would cost
/// both workers more than the looks at the clock do, 0.3 µs a step.
struct TraceSlots {
  struct Slot {
    var start = 0
    var end = 0
    var busy = 0
    var tiles = 0
  }

  fileprivate let base: UnsafeMutablePointer<Slot>
  fileprivate let stride: Int
  private let steps: Int
  private let clock: TraceClock

  fileprivate init(steps: Int, participants: Int, clock: TraceClock) {
    self.steps = steps
    self.clock = clock
    // The first slot behind a worker's steps is its own, two more keep cache lines apart.
    stride = steps + 3
    base = .allocate(capacity: stride * participants)
    base.initialize(repeating: Slot(), count: stride * participants)
  }

  /// When `participant` begins to compute tiles of `step`. Tiles that follow others of the step begin
  /// when those ended; else it is looked when all that was waited for has been seen.
  @inline(__always)
  func begin(step: Int, _ participant: Int) -> Int {
    let own = base + participant * stride
    return own[steps].tiles == step + 1 ? own[step].end : clock.now()
  }

  /// Notes that tiles of `step`, begun at `start`, are done.
  @inline(__always)
  func end(step: Int, _ participant: Int, since start: Int, _ tiles: Int) {
    let own = base + participant * stride
    let end = clock.roughly()
    if own[step].tiles == 0 { own[step].start = start }
    own[step].end = end
    own[step].busy += end - start
    own[step].tiles += tiles
    // Which step was the last.
    own[steps].tiles = step + 1
  }
}
