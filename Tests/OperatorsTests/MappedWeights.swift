import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// Memory that keeps its content when its pages are dropped, as a mapped file does, and that ends just
/// before a page that nobody may touch.
///
/// `@unchecked Sendable`: nobody writes after `init`.
private final class MappedMemory: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  private let mapping: UnsafeMutableRawPointer
  private let mappedBytes: Int

  init(copying bytes: UnsafeRawBufferPointer) {
    let page = 16384
    let usable = (bytes.count + page - 1) / page * page
    mappedBytes = usable + page
    guard
      let mapping = mmap(
        nil, mappedBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
      mapping != MAP_FAILED, mprotect(mapping + usable, page, PROT_NONE) == 0
    else { fatalError("no memory for a test") }
    self.mapping = mapping
    base = mapping + usable - bytes.count
    if let from = bytes.baseAddress { base.copyMemory(from: from, byteCount: bytes.count) }
  }

  deinit { munmap(mapping, mappedBytes) }
}

extension StoredWeight {
  /// The same weight as if a file held it, where kernels may read it before it is packed.
  func mapped() throws -> StoredWeight {
    func storage(_ pointer: UnsafeRawPointer, _ byteCount: Int) -> Storage {
      let memory = MappedMemory(copying: .init(start: pointer, count: byteCount))
      return Storage(
        borrowing: memory.base, byteCount: byteCount, from: memory, isReloadable: true)
    }
    switch self {
    case .dense(let tensor):
      return .dense(
        try Tensor(
          dtype: tensor.dtype, dims: tensor.dims, storage: storage(tensor.pointer, tensor.byteCount)
        ))
    case .blocks(let matrix):
      let stored = matrix.isTransposed ? matrix.transposed : matrix
      let copy = try BlockMatrix(
        format: stored.format, rows: stored.rows, columns: stored.columns,
        storage: storage(stored.pointer, stored.byteCount))
      return .blocks(matrix.isTransposed ? copy.transposed : copy)
    case .int8: return self
    }
  }
}
