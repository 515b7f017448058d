import Tensors

/// Why steps and buffers make no plan: a mistake of whoever made them.
public enum PlanError: Error, Hashable, CustomStringConvertible {
  /// The arena's size is negative.
  case arena(byteCount: Int)
  /// A port's extents are negative or overflow.
  case port(name: String, TensorError)
  /// A kernel has no tile.
  case noTiles(step: Int, kernel: String)
  /// A kernel wants a negative amount of scratch.
  case scratch(step: Int, kernel: String, byteCount: Int)
  /// A buffer starts in the arena at no multiple of ``Plan/alignment``.
  case misaligned(step: Int, BufferReference)
  /// A buffer's block isn't there.
  case unknownBlock(step: Int, BufferReference)
  /// A buffer doesn't lie inside its block.
  case outOfBounds(step: Int, BufferReference, capacity: Int)
  /// A step would write to an input or a constant.
  case readOnly(step: Int, BufferReference)
  /// No step writes to an output.
  case unwrittenOutput(name: String)

  /// What is wrong, and where.
  public var description: String {
    switch self {
    case .arena(let bytes): "an arena of \(bytes) bytes"
    case .port(let name, let error): "'\(name)': \(error)"
    case .noTiles(let step, let kernel): "step \(step): \(kernel) has no tiles"
    case .scratch(let step, let kernel, let bytes):
      "step \(step): \(kernel) wants \(bytes) bytes of scratch"
    case .misaligned(let step, let buffer):
      "step \(step): \(buffer) doesn't start at a multiple of \(Plan.alignment)"
    case .unknownBlock(let step, let buffer): "step \(step): there is no block for \(buffer)"
    case .outOfBounds(let step, let buffer, let capacity):
      "step \(step): \(buffer) doesn't lie inside its block of \(capacity) bytes"
    case .readOnly(let step, let buffer): "step \(step) would write to \(buffer)"
    case .unwrittenOutput(let name): "no step writes output '\(name)'"
    }
  }
}
