/// What the workers of one run note down: a slot for each worker and step, in ticks of `clock`.
///
/// `@unchecked Sendable`: a slot is written by its worker only, before it counts its tiles as done;
/// whoever reads has seen them done.
final class TraceRecords: @unchecked Sendable {
  struct Slot {
    var start = 0
    var end = 0
    var busy = 0
    var tiles = 0
  }

  let steps: Int
  let participants: Int
  let clock: TraceClock
  private let slots: UnsafeMutablePointer<Slot>
  private let stride: Int

  init(steps: Int, participants: Int, clock: TraceClock) {
    self.steps = steps
    self.participants = participants
    self.clock = clock
    // Two more slots between workers: no cache line is shared.
    stride = steps + 2
    slots = .allocate(capacity: stride * participants)
    slots.initialize(repeating: Slot(), count: stride * participants)
  }

  deinit { slots.deallocate() }

  @inline(__always)
  func add(step: Int, _ participant: Int, start: Int, end: Int, _ tiles: Int) {
    let slot = slots + (participant * stride + step)
    if slot.pointee.tiles == 0 { slot.pointee.start = start }
    slot.pointee.end = end
    slot.pointee.busy += end - start
    slot.pointee.tiles += tiles
  }

  func slot(step: Int, _ participant: Int) -> Slot { slots[participant * stride + step] }
}
