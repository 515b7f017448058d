import Synchronization
import Tensors

/// The memory of one run: where each step finds its buffers, scratch for each worker.
///
/// `@unchecked Sendable`: the pointers never change after the initializer; a fault slot is written
/// by its worker only.
final class RunMemory: @unchecked Sendable {
  /// The earliest data that has no result.
  struct Fault: Sendable {
    var step: Int
    var position: Int
  }

  private let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private let faults: UnsafeMutablePointer<Int>
  private let scratch: UnsafeMutableRawPointer
  private let scratchStride: Int
  private let firstFault = Mutex<Fault?>(nil)
  private let arena: Storage
  private let inputs: [Tensor]
  private let outputs: [Tensor]
  private let states: [Storage]
  /// Eight words a slot: a cache line for each worker.
  private static let faultStride = 8

  /// Memory for `participants` workers; `arena` holds the plan's arena and the workers' scratch.
  init(
    plan: Plan, participants: Int, arena: Storage, inputs: [Tensor], outputs: [Tensor],
    states: [Storage]
  ) {
    self.arena = arena
    self.inputs = inputs
    self.outputs = outputs
    self.states = states
    scratchStride = plan.layout.scratchByteCount
    scratch = arena.base + plan.arenaByteCount.roundedUp(toMultipleOf: Plan.alignment)
    pointers = .allocate(capacity: plan.layout.buffers.count)
    faults = .allocate(capacity: participants * RunMemory.faultStride)
    faults.initialize(repeating: -1, count: participants * RunMemory.faultStride)
    let bases = plan.constants.map(\.pointer)
    for (i, buffer) in plan.layout.buffers.enumerated() {
      let base =
        switch buffer.place {
        case .arena(let offset): arena.base + offset
        case .constant(let i): bases[i]
        case .input(let i): inputs[i].pointer
        case .output(let i): outputs[i].pointer
        case .state(let i): states[i].base
        }
      (pointers + i).initialize(to: base + buffer.byteOffset)
    }
  }

  deinit {
    pointers.deallocate()
    faults.deallocate()
  }

  /// Bytes of the block that a run of `plan` by `participants` workers takes.
  static func byteCount(of plan: Plan, participants: Int) -> Int {
    plan.arenaByteCount.roundedUp(toMultipleOf: Plan.alignment)
      + participants * plan.layout.scratchByteCount
  }

  /// What the kernel gets whose buffers begin at `first`.
  @inline(__always)
  func io(
    buffers first: Int, _ participant: Int, upcoming: UnsafeRawBufferPointer? = nil
  ) -> KernelIO {
    KernelIO(
      pointers: UnsafePointer(pointers + first),
      scratch: scratch + participant * scratchStride,
      fault: faults + participant * RunMemory.faultStride, upcoming: upcoming)
  }

  /// Keeps the fault that a worker's kernel reported, if it did.
  @inline(__always)
  func takeFault(of participant: Int, step: Int) -> Bool {
    let slot = faults + participant * RunMemory.faultStride
    if slot.pointee < 0 { return false }
    keepFault(slot, step)
    return true
  }

  private func keepFault(_ slot: UnsafeMutablePointer<Int>, _ step: Int) {
    let found = Fault(step: step, position: slot.pointee)
    slot.pointee = -1
    firstFault.withLock { fault in
      guard let known = fault, (known.step, known.position) < (step, found.position) else {
        fault = found
        return
      }
    }
  }

  /// The fault of the earliest step at the smallest position.
  var fault: Fault? { firstFault.withLock { $0 } }
}
