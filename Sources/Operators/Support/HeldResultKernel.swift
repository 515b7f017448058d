import Compiler
import Executor
import Tensors

/// Copies a result that was worked out when the plan was made.
struct HeldResultKernel: Kernel {
  let name: String
  let result: Storage
  let tiles = 1

  func run(tiles: Range<Int>, io: KernelIO) {
    io[0].copyMemory(from: result.base, byteCount: result.byteCount)
  }
}

extension KernelRequest {
  /// Memory that all plans share, filled by `fill` where no plan made it before.
  ///
  /// `layout` says all that the elements hang on.
  func shared<Element>(
    _ layout: String, of type: Element.Type, count: Int,
    fill: (UnsafeMutableBufferPointer<Element>) -> Void
  ) throws(KernelError) -> Storage {
    do {
      return try packed.storage(for: [], layout: layout) { () throws(TensorError) -> Storage in
        let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        if overflow { throw .outOfMemory(bytes: .max) }
        let storage = try Storage(byteCount: bytes)
        fill(
          UnsafeMutableBufferPointer(
            start: storage.base.bindMemory(to: Element.self, capacity: count), count: count))
        return storage
      }
    } catch {
      throw .tensor(error)
    }
  }
}
