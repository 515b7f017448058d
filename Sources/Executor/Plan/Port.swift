import Tensors

/// A tensor that a run is given, or gives back.
public struct Port: Hashable, Sendable {
  /// The name that people know it by.
  public var name: String
  /// The element type.
  public var dtype: DType
  /// The extents.
  public var dims: [Int]

  /// A port from its parts.
  public init(_ name: String, _ dtype: DType, _ dims: [Int]) {
    self.name = name
    self.dtype = dtype
    self.dims = dims
  }

  /// The type of the tensor.
  public var type: TensorType { TensorType(dtype, Shape(dims)) }
}
