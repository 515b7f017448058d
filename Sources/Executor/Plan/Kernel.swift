/// A computation on concrete shapes, split into tiles that may run in any order on any thread.
///
/// Everything was decided when the kernel was made: it knows its extents, its packed weights and
/// its C function. Its results hang on the shape alone: the number of tiles is never chosen by the
/// number of threads, and a tile writes only what no other tile writes.
public protocol Kernel: Sendable {
  /// Type, operation, instruction set and unroll, such as `f32-gemm-avx512-14x32`.
  var name: String { get }
  /// How many tiles there are; at least 1.
  var tiles: Int { get }
  /// Bytes of scratch memory that each worker needs.
  var scratchByteCount: Int { get }
  /// Computes `tiles`. Doesn't allocate, throw or lock.
  func run(tiles: Range<Int>, io: KernelIO)
  /// What a fault that the kernel reported means, for the user.
  func describe(fault: Int, io: KernelIO) -> String
  /// What `tile` reads first of memory that the kernel itself holds, such as packed weights; nil: none.
  func firstHeldBytes(of tile: Int) -> UnsafeRawBufferPointer?
}

extension Kernel {
  /// No scratch.
  public var scratchByteCount: Int { 0 }

  /// The number of the fault, for kernels that report none.
  public func describe(fault: Int, io: KernelIO) -> String { "fault \(fault)" }

  /// Nothing is held.
  public func firstHeldBytes(of tile: Int) -> UnsafeRawBufferPointer? { nil }
}

/// The memory that a kernel works on: its operands, then its results.
public struct KernelIO {
  /// All buffers: the operands, then the results.
  public let pointers: UnsafePointer<UnsafeMutableRawPointer>
  /// Memory of this worker alone, aligned to 64 bytes, with any content.
  public let scratch: UnsafeMutableRawPointer
  private let fault: UnsafeMutablePointer<Int>
  /// What this worker will read first of a later kernel's held memory: a kernel that has loads to
  /// spare fetches it while it computes its last tiles.
  public let upcoming: UnsafeRawBufferPointer?

  /// Memory for one worker; `fault` starts at -1.
  public init(
    pointers: UnsafePointer<UnsafeMutableRawPointer>, scratch: UnsafeMutableRawPointer,
    fault: UnsafeMutablePointer<Int>, upcoming: UnsafeRawBufferPointer? = nil
  ) {
    self.pointers = pointers
    self.scratch = scratch
    self.fault = fault
    self.upcoming = upcoming
  }

  /// Buffer `i`: first the operands, then the results.
  public subscript(i: Int) -> UnsafeMutableRawPointer {
    @inline(__always) get { pointers[i] }
  }

  /// Says that the data has no result, such as an index out of range at position `position`.
  ///
  /// The run goes on over defined memory and then fails with the kernel's own words. The smallest
  /// position is kept, so that the message doesn't hang on who computed which tile.
  @inline(__always)
  public func report(fault position: Int) {
    if fault.pointee < 0 || position < fault.pointee { fault.pointee = position }
  }
}
