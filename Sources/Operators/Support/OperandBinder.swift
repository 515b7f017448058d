import Compiler
import Executor
import Tensors

/// Where a kernel finds an operand: in its `io`, or in memory that it holds itself.
struct OperandSource: Sendable {
  /// The position in ``KernelIO``, where nothing is held.
  let index: Int
  /// The memory, where the kernel holds it.
  let held: Storage?

  /// The operand's first byte.
  @inline(__always)
  func bytes(_ io: KernelIO) -> UnsafeRawPointer {
    if let held { UnsafeRawPointer(held.base) } else { UnsafeRawPointer(io[index]) }
  }

  /// The operand's first element.
  @inline(__always)
  func floats(_ io: KernelIO) -> UnsafePointer<Float> {
    bytes(io).assumingMemoryBound(to: Float.self)
  }
}

/// Collects the operands that a kernel reads at run time.
struct OperandBinder {
  let request: KernelRequest
  let op: String
  /// Positions of the operands that the kernel reads, in the order of its `io`.
  private(set) var operands: [Int] = []

  init(_ request: KernelRequest, op: String) {
    self.request = request
    self.op = op
  }

  /// The error for operands that no kernel takes.
  var unsupported: KernelError { .unsupported(op: op, operands: request.operands) }

  /// Operand `i` as f32: as it is, or a widened copy of a constant.
  mutating func f32(_ i: Int) throws(KernelError) -> OperandSource {
    guard let constant = request.constants[i] else {
      guard request.operands[i].dtype == .f32 else { throw unsupported }
      return any(i)
    }
    let aligned = Int(bitPattern: constant.pointer) % MemoryLayout<Float>.alignment == 0
    if constant.dtype == .f32, aligned { return any(i) }
    guard constant.dtype.isFloatingPoint else { throw unsupported }
    return OperandSource(index: -1, held: try request.widened(constant))
  }

  /// Operand `i` in the type that it has.
  mutating func any(_ i: Int) -> OperandSource {
    operands.append(i)
    return OperandSource(index: operands.count - 1, held: nil)
  }

  /// The position in `io` of result `i`; valid once all operands were asked for.
  func result(_ i: Int = 0) -> Int { operands.count + i }
}

extension KernelRequest {
  /// A dense f32 copy of `tensor`, shared by all plans.
  func widened(_ tensor: Tensor) throws(KernelError) -> Storage {
    do {
      return try packed.converted(tensor, to: .f32).storage
    } catch {
      throw .tensor(error)
    }
  }
}
