import IR

/// A kernel for an op beside those that the op has itself: a faster one for some shapes, types or
/// attributes.
///
/// Offers are asked in the order in which they were registered, before the op; the first kernel is taken.
public protocol KernelOffer: Sendable {
  /// The name in messages, such as `tiny-matmul`.
  var name: String { get }
  /// The op that it is for, by its name in graph files.
  var op: String { get }
  /// The kernel for `op` on these concrete types; nil where there is none for them.
  ///
  /// Its results must be those of the op's reference. A weight comes as the op's own kernels read it, else
  /// dense and as the graph says. Where the op says that a result may be written over an operand,
  /// both may lie in the same memory.
  func makeKernel(for op: any Op, _ request: KernelRequest) throws(KernelError) -> KernelBinding?
}
