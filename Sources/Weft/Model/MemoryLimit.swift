import Foundation

/// Keeps a run from taking more memory than there is: the system would end the process rather than
/// refuse.
enum MemoryLimit {
  /// What the machine has, or what a control group leaves of it.
  private static let machine = min(
    Int(clamping: ProcessInfo.processInfo.physicalMemory), ControlGroup.memoryLimit() ?? .max)

  /// Bytes that one run may take: what the machine has, a control group leaves of it, or `ulimit -v`
  /// leaves by now.
  static var byteCount: Int { min(machine, AddressSpace.left() ?? .max) }

  /// Refuses what takes more than ``byteCount``.
  static func check(_ needed: Int, for bindings: Bindings) throws(ModelError) {
    guard needed <= byteCount else {
      throw .memory(needed: needed, limit: byteCount, bindings: bindings)
    }
  }

  /// The arena, the outputs and the states of `plan`.
  static func byteCount(of plan: Plan) -> Int {
    let outputs = plan.outputs.map { (try? Tensor.byteCount($0.dtype, $0.dims)) ?? Int.max }
    return (outputs + plan.states.map(\.byteCount)).reduce(plan.arenaByteCount) { sum, bytes in
      let (total, overflow) = sum.addingReportingOverflow(bytes)
      return overflow ? Int.max : total
    }
  }
}
