import Tensors

/// A tensor as a safetensors file holds it: a name, the name of its type, extents, bytes.
public struct SafetensorsItem: Sendable {
  /// The name.
  public let name: String
  let typeName: String
  let dims: [Int]
  let elementByteCount: Int
  let storage: Storage
  let byteOffset: Int
  let byteCount: Int

  /// A tensor under its name.
  public init(_ name: String, _ tensor: Tensor) {
    self.name = name
    typeName =
      SafetensorsEntry.supported.first { $0.dtype == tensor.dtype }?.name
      ?? tensor.dtype.rawValue
    dims = tensor.dims
    elementByteCount = tensor.dtype.byteCount
    storage = tensor.storage
    byteOffset = tensor.byteOffset
    byteCount = tensor.byteCount
  }

  /// Bytes that only their writer understands, such as rows of blocks; `dims` of type `U8`, inside of
  /// `storage`.
  public init(
    _ name: String, bytesOf storage: Storage, byteOffset: Int, dims: [Int]
  ) throws(TensorError) {
    let checked = try Tensor(dtype: .bool, dims: dims, storage: storage, byteOffset: byteOffset)
    self.name = name
    typeName = "U8"
    self.dims = dims
    elementByteCount = 1
    self.storage = storage
    self.byteOffset = byteOffset
    byteCount = checked.byteCount
  }

  /// The integers of `matrix`, without its scales.
  private init(integersOf matrix: Int8Matrix, _ name: String) {
    self.name = name
    typeName = "I8"
    dims = matrix.dims
    elementByteCount = 1
    storage = matrix.storage
    byteOffset = matrix.byteOffset
    byteCount = matrix.rows * matrix.columns
  }

  /// What stands in a file for `weight`: the tensor, or integers and scales. The scales' extents say
  /// what has one: `[rows, 1]` or `[1, columns]`. Blocks, for which there is no type, become reals.
  static func items(_ name: String, _ weight: StoredWeight) throws(TensorError) -> [SafetensorsItem]
  {
    switch weight {
    case .dense(let tensor): return [SafetensorsItem(name, tensor)]
    case .int8(let matrix):
      let dims = matrix.scaled == .rows ? [matrix.rows, 1] : [1, matrix.columns]
      return [
        SafetensorsItem(integersOf: matrix, name),
        SafetensorsItem(
          Checkpoint.Companion.scales(of: name), try matrix.scales.reshaped(to: dims)),
      ]
    case .blocks(let matrix): return [SafetensorsItem(name, try matrix.dense())]
    }
  }
}
