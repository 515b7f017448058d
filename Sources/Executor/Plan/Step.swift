/// One kernel of a plan with the memory that it works on.
public struct Step: Sendable {
  /// What is computed.
  public var kernel: any Kernel
  /// The buffers that the kernel reads: the first of its ``KernelIO``.
  public var operands: [BufferReference]
  /// The buffers that it writes: those after the operands.
  public var results: [BufferReference]
  /// A number that whoever made the plan knows the step by: errors and traces carry it.
  public var label: Int

  /// A step from its parts.
  public init(
    _ kernel: any Kernel, operands: [BufferReference], results: [BufferReference], label: Int
  ) {
    self.kernel = kernel
    self.operands = operands
    self.results = results
    self.label = label
  }
}
