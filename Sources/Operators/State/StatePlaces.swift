import CKernels
import Executor
import Tensors

/// Where in a state the tokens of a run stand, as a kernel reads it.
struct StatePlaces: Sendable {
  let slots: OperandSource
  let positions: OperandSource
  let slotCount: Int
  let capacity: Int

  /// Tokens that follow one another in one slot.
  struct Run {
    var tokens: Range<Int>
    var slot: Int
    /// The position of the first.
    var position: Int
  }

  private func numbers(_ source: OperandSource, _ io: KernelIO) -> UnsafePointer<Int32> {
    source.bytes(io).assumingMemoryBound(to: Int32.self)
  }

  /// Where token `t` stands; nil, and reported, where the state has no such place.
  @inline(__always)
  func place(of t: Int, _ io: KernelIO) -> (slot: Int, position: Int)? {
    let (slot, position) = (Int(numbers(slots, io)[t]), Int(numbers(positions, io)[t]))
    guard (0..<slotCount).contains(slot), (0..<capacity).contains(position) else {
      io.report(fault: t)
      return nil
    }
    return (slot, position)
  }

  /// The longest run that begins with the first of `tokens` and lies inside of them; nil, and reported,
  /// where the first has no place.
  func run(from tokens: Range<Int>, _ io: KernelIO) -> Run? {
    guard let first = place(of: tokens.lowerBound, io) else { return nil }
    let (slots, positions) = (numbers(slots, io), numbers(positions, io))
    var end = tokens.lowerBound + 1
    while end < tokens.upperBound, Int(slots[end]) == first.slot,
      Int(positions[end]) == first.position + end - tokens.lowerBound,
      Int(positions[end]) < capacity
    { end += 1 }
    return Run(tokens: tokens.lowerBound..<end, slot: first.slot, position: first.position)
  }

  /// What is wrong with the place of token `t`.
  func describe(token t: Int, io: KernelIO) -> String {
    let (slot, position) = (numbers(slots, io)[t], numbers(positions, io)[t])
    return (0..<slotCount).contains(Int(slot))
      ? "position \(position) at [\(t)] is outside the state's capacity of \(capacity) tokens"
      : "slot \(slot) at [\(t)] is none of the state's \(slotCount)"
  }
}

extension StateFormat {
  /// The kernels' name for it.
  var kernelValue: weft_state_format {
    switch self {
    case .f32: WEFT_STATE_F32
    case .f16: WEFT_STATE_F16
    case .q8: WEFT_STATE_Q8_0
    }
  }
}
