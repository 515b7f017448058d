/// A weight in the form in which it is stored. Graphs see a tensor of the declared type; kernels that
/// know a form read it as it is, all others a widened copy.
public enum StoredWeight: Sendable {
  /// Element after element; a float may have fewer bits than the graph declares.
  case dense(Tensor)
  /// 8-bit integers with scales.
  case int8(Int8Matrix)
  /// Blocks of few bits.
  case blocks(BlockMatrix)

  /// The extents.
  public var dims: [Int] {
    switch self {
    case .dense(let tensor): tensor.dims
    case .int8(let matrix): matrix.dims
    case .blocks(let matrix): matrix.dims
    }
  }

  /// Bytes that the stored form takes.
  public var byteCount: Int {
    switch self {
    case .dense(let tensor): tensor.byteCount
    case .int8(let matrix): matrix.byteCount
    case .blocks(let matrix): matrix.byteCount
    }
  }

  /// The tensor of a dense weight.
  public var tensor: Tensor? { if case .dense(let tensor) = self { tensor } else { nil } }

  /// The matrix of a weight of 8-bit integers.
  public var int8: Int8Matrix? { if case .int8(let matrix) = self { matrix } else { nil } }

  /// The matrix of a weight in blocks.
  public var blocks: BlockMatrix? { if case .blocks(let matrix) = self { matrix } else { nil } }

  /// How people call it: `f32[3, 4]`, `int8[3, 4]`, `q4_k[3, 256]`.
  public var typeDescription: String {
    switch self {
    case .dense(let tensor): tensor.type.description
    case .int8(let matrix): "int8\(matrix.dims)"
    case .blocks(let matrix): "\(matrix.format.rawValue)\(matrix.dims)"
    }
  }
}
