import Foundation

/// Keeps a run from taking more memory than the machine has: the system would end the process
/// rather than refuse.
enum MemoryLimit {
  /// Bytes that one run may take.
  static let byteCount = Int(clamping: ProcessInfo.processInfo.physicalMemory)

  /// Refuses what takes more than ``byteCount``.
  static func check(_ needed: Int, for bindings: Bindings) throws(ModelError) {
    guard needed <= byteCount else {
      throw .memory(needed: needed, limit: byteCount, bindings: bindings)
    }
  }

  /// The arena and the outputs of `plan`.
  static func byteCount(of plan: Plan) -> Int {
    plan.outputs.reduce(plan.arenaByteCount) { sum, port in
      let bytes = (try? Tensor.byteCount(port.dtype, port.dims)) ?? Int.max
      let (total, overflow) = sum.addingReportingOverflow(bytes)
      return overflow ? Int.max : total
    }
  }
}
