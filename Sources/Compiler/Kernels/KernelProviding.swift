import CKernels
import Executor
import IR
import Tensors

/// An op that has kernels of its own.
public protocol KernelProviding: Op {
  /// The kernel for these concrete types on this machine, every decision made.
  func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding
  /// Whether the kernels read a weight at position `operand` in the 16 bits that a checkpoint may
  /// store where the graph says f32. Other weights are given to them as the graph says.
  func readsStored(_ operand: Int) -> Bool
  /// Whether the kernels read `weight`, at position `operand`, as the 8-bit integers as which a
  /// checkpoint stores it: ``KernelRequest/int8(_:)``. They may round activations, too.
  func readsInt8(_ operand: Int, _ weight: Int8Matrix) -> Bool
  /// Whether the kernels read `weight`, at position `operand`, in the blocks in which a file stores
  /// it: ``KernelRequest/blocks(_:)``. They may round activations, too.
  func readsBlocks(_ operand: Int, _ weight: BlockMatrix) -> Bool
}

extension KernelProviding {
  public func readsStored(_ operand: Int) -> Bool { false }
  public func readsInt8(_ operand: Int, _ weight: Int8Matrix) -> Bool { false }
  public func readsBlocks(_ operand: Int, _ weight: BlockMatrix) -> Bool { false }
}

/// What an op is told when it chooses its kernel.
public struct KernelRequest: Sendable {
  /// Concrete operand types; f32 for a weight of 8-bit integers or in blocks.
  public var operands: [TensorType]
  /// Concrete result types.
  public var results: [TensorType]
  /// For each operand, what it is where that is known before the run: a weight or a constant.
  public var stored: [StoredWeight?]
  /// How states are stored; ``operands`` and ``results`` say f32 all the same.
  public var stateFormat: StateFormat
  /// The C kernels for this machine's instruction set.
  public var table: KernelTable
  /// Where packed copies of weights are kept, so that all plans share one.
  public var packed: PackedWeights

  /// A request from its parts.
  public init(
    operands: [TensorType], results: [TensorType], stored: [StoredWeight?], table: KernelTable,
    packed: PackedWeights, stateFormat: StateFormat = .f32
  ) {
    self.stateFormat = stateFormat
    self.operands = operands
    self.results = results
    self.stored = stored
    self.table = table
    self.packed = packed
  }

  /// A request whose constants are all dense.
  public init(
    operands: [TensorType], results: [TensorType], constants: [Tensor?], table: KernelTable,
    packed: PackedWeights
  ) {
    self.init(
      operands: operands, results: results, stored: constants.map { $0.map { .dense($0) } },
      table: table, packed: packed)
  }

  /// For each operand, its tensor where it is known before the run and dense.
  public var constants: [Tensor?] { stored.map { $0?.tensor } }

  /// Operand `i` where it is a weight of 8-bit integers. Only an op that says
  /// ``KernelProviding/readsInt8(_:_:)`` is given one.
  public func int8(_ i: Int) -> Int8Matrix? { stored[i]?.int8 }

  /// Operand `i` where it is a weight in blocks. Only an op that says
  /// ``KernelProviding/readsBlocks(_:_:)`` is given one.
  public func blocks(_ i: Int) -> BlockMatrix? { stored[i]?.blocks }

  /// The concrete extents of operand `i`.
  public func dims(ofOperand i: Int) -> [Int] { operands[i].shape.values ?? [] }

  /// The concrete extents of result `i`.
  public func dims(ofResult i: Int) -> [Int] { results[i].shape.values ?? [] }
}

/// A kernel, and which operands it still reads at run time.
public struct KernelBinding: Sendable {
  /// The kernel. Its ``KernelIO`` holds the buffers of ``operands``, then those of all results.
  public var kernel: any Kernel
  /// Positions of the operands that it reads from memory, in the order of its `io`. A weight that
  /// was packed into the kernel isn't one.
  public var operands: [Int]

  /// A binding of `kernel` to `operands`.
  public init(_ kernel: any Kernel, operands: [Int]) {
    self.kernel = kernel
    self.operands = operands
  }
}

/// Why there is no kernel.
public enum KernelError: Error, CustomStringConvertible {
  /// The op has no kernel for these types.
  case unsupported(op: String, operands: [TensorType])
  /// The op says why, in words that go on after its name.
  case refused(op: String, reason: String)
  /// Memory for packed weights is not to be had.
  case tensor(TensorError)

  public var description: String {
    switch self {
    case .unsupported(let op, let operands):
      "there is no kernel for '\(op)' on \(operands.map(\.description).joined(separator: ", "))"
    case .refused(let op, let reason): "'\(op)' \(reason)"
    case .tensor(let error): error.description
    }
  }
}
