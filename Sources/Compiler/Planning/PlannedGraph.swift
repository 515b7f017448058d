import Executor
import IR
import Tensors

/// A plan for concrete dimensions, with what leads from its steps and buffers back to the source.
public struct PlannedGraph: Sendable {
  /// What the executor runs.
  public let plan: Plan
  /// The values of the symbols.
  public let bindings: Bindings
  /// The graph for these dimensions.
  public let graph: Graph
  /// What each step of the plan is; a step's label is its position here.
  public let steps: [PlannedStep]
  /// The arena.
  public let memory: MemoryPlan
  /// What each buffer of the arena holds; positions are those of ``MemoryPlan/intervals``.
  public let buffers: [PlannedBuffer]
  /// What a run reads of each of ``Plan/constants``.
  public let constantReads: [RowsRead]
  /// Values that are a part of another value's memory.
  public let viewCount: Int
  /// Bytes that those values would take.
  public let viewByteCount: Int
  /// Results that were written over an operand.
  public let inPlaceCount: Int
  /// Bytes that those results would take.
  public let inPlaceByteCount: Int
  /// The time that planning took, packing included.
  public internal(set) var duration: Duration
  /// What was packed for this plan; other plans had packed the rest.
  public internal(set) var packing = PackingTotals()
}

/// What one step of a plan is.
public struct PlannedStep: Sendable {
  /// The op.
  public let op: String
  /// The op's category.
  public let category: OpCategory
  /// The kernel.
  public let kernel: String
  /// The lines that the step comes from.
  public let origin: Origin
  /// FLOPs and bytes.
  public let cost: Cost
  /// The type of the first result.
  public let type: TensorType
  /// The node of ``PlannedGraph/graph`` that the step computes; nil for a copy to an output.
  public let node: NodeID?
}

/// What one buffer of the arena holds, one value after the other.
public struct PlannedBuffer: Sendable {
  /// What people call the first value.
  public let name: String
  /// Its type.
  public let type: TensorType
  /// The kind of work that gives it.
  public let category: OpCategory
  /// The lines that it comes from.
  public let origin: Origin
}

/// Why a graph can't be planned.
public enum PlanningError: Error, CustomStringConvertible {
  /// The dimensions don't fit the graph.
  case binding(BindingError)
  /// A weight is not to be had.
  case weight(name: String, any Error)
  /// A weight isn't what the graph needs.
  case weightType(name: String, expected: TensorType, found: String)
  /// An op has no kernel.
  case kernel(KernelError, origin: Origin)
  /// An op has neither kernel nor reference.
  case noKernel(op: String, origin: Origin)
  /// A constant expression has no result.
  case evaluation(op: String, any Error, origin: Origin)
  /// A tensor is too large.
  case size(TensorError, origin: Origin)
  /// Arithmetic on extents failed.
  case dim(DimError)
  /// The plan breaks the executor's rules: a mistake of the planner or of a kernel.
  case plan(PlanError)

  public var description: String {
    switch self {
    case .binding(let error): "\(error)"
    case .weight(let name, let error): "weight '\(name)': \(error)"
    case .weightType(let name, let expected, let found):
      "weight '\(name)' is \(found), the graph needs \(expected)"
    case .kernel(let error, let origin): Self.at(origin) + "\(error)"
    case .noKernel(let op, let origin): Self.at(origin) + "there is no kernel for '\(op)'"
    case .evaluation(let op, let error, let origin): Self.at(origin) + "'\(op)': \(error)"
    case .size(let error, let origin): Self.at(origin) + "\(error)"
    case .dim(let error): "\(error)"
    case .plan(let error): "the plan is wrong: \(error)"
    }
  }

  private static func at(_ origin: Origin) -> String {
    origin.location.map { "\($0): error: " } ?? ""
  }
}
