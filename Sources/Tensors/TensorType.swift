/// What is known of a tensor before it has elements: element type and shape, `f32[batch, 384]`.
public struct TensorType: Hashable, Sendable {
  /// The element type.
  public var dtype: DType
  /// The extents.
  public var shape: Shape

  /// A type from its parts.
  public init(_ dtype: DType, _ shape: Shape = []) {
    self.dtype = dtype
    self.shape = shape
  }

  /// The number of axes.
  public var rank: Int { shape.rank }

  /// Bytes that a dense tensor of this type takes.
  public func byteCount() throws(DimError) -> Dim {
    try shape.elementCount().multiplied(by: Dim(dtype.byteCount))
  }

  /// The type with the symbols that `bindings` names replaced.
  public func substituting(_ bindings: Bindings) throws(DimError) -> TensorType {
    TensorType(dtype, try shape.substituting(bindings))
  }
}

extension TensorType: CustomStringConvertible {
  public var description: String { shape.rank == 0 ? "\(dtype)" : "\(dtype)\(shape)" }
}
