import Tensors

/// What a checkpoint says of one of its tensors.
public struct CheckpointEntry: Sendable, Hashable {
  /// The tensor's name.
  public let name: String
  /// The element type's name in the file: `F32`, `I8`, `Q4_K`.
  public let typeName: String
  /// The extents, outermost first.
  public let dims: [Int]
  /// The element type; nil where Weft doesn't compute with it, and of blocks.
  public let dtype: DType?
  /// The format of a matrix in blocks.
  public let format: BlockFormat?

  /// The type, or nil where Weft doesn't compute with it.
  public var type: TensorType? { dtype.map { TensorType($0, Shape(dims)) } }

  /// What a file of a plugin's format says of a tensor of elements.
  public init(_ name: String, _ dtype: DType, _ dims: [Int]) {
    (self.name, self.dims, self.dtype) = (name, dims, dtype)
    (typeName, format) = (dtype.rawValue.uppercased(), nil)
  }

  init(_ entry: SafetensorsEntry) {
    (name, typeName, dims) = (entry.name, entry.typeName, entry.dims)
    (dtype, format) = (entry.dtype, nil)
  }

  init(_ name: String, _ entry: GGUFEntry) {
    (self.name, typeName, dims) = (name, entry.type.name, entry.dims)
    (dtype, format) = (entry.type.dtype, entry.type.format)
  }

  /// Whether the tensor can stand for `expected`: floating-point types may differ in width, and
  /// blocks are reals.
  func fits(_ expected: ExpectedTensor) -> Bool {
    guard dims == expected.dims else { return false }
    if format != nil { return expected.dtype.isFloatingPoint && dims.count == 2 }
    guard let dtype else { return false }
    return dtype == expected.dtype || (dtype.isFloatingPoint && expected.dtype.isFloatingPoint)
  }
}
