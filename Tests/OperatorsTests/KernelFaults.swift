import Compiler
import Executor
import Tensors

@testable import Operators

extension KernelHarness {
  /// What the kernel says of operands that it can't follow, on each instruction set.
  static func faults(_ op: some KernelProviding, _ operands: [Tensor]) throws -> [String] {
    let types = try op.resultTypes(operands.map(\.type))
    return try tables.map { table in
      let binding = try op.makeKernel(
        KernelRequest(
          operands: operands.map(\.type), results: types, constants: operands.map { _ in nil },
          table: table, packed: PackedWeights()))
      let memory =
        binding.operands.map { GuardedMemory(operands[$0]) }
        + types.map { GuardedMemory(byteCount: 4 * ($0.shape.values ?? []).reduce(1, *)) }
      let scratch = try Storage(byteCount: binding.kernel.scratchByteCount)
      var fault = -1
      defer { withExtendedLifetime((memory, scratch)) {} }
      return memory.map(\.base).withUnsafeBufferPointer { pointers in
        guard let base = pointers.baseAddress else { return "" }
        let io = KernelIO(pointers: base, scratch: scratch.base, fault: &fault)
        binding.kernel.run(tiles: 0..<binding.kernel.tiles, io: io)
        return fault < 0 ? "none" : binding.kernel.describe(fault: fault, io: io)
      }
    }
  }
}
