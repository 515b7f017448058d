/// How the rows of a state are stored, such as the keys and values of earlier tokens. Graphs see f32.
public enum StateFormat: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  /// Element after element, as given.
  case f32
  /// Rounded to IEEE 754 binary16.
  case f16
  /// Blocks of 32 elements: a scale in f16, then 32 8-bit integers; ggml's Q8_0. The last extent must be
  /// a multiple of 32.
  case q8 = "q8_0"

  /// The blocks that elements are stored in; nil where each stands by itself.
  public var blocks: BlockFormat? { self == .q8 ? .q8_0 : nil }

  /// Bytes of a row of `count` elements.
  ///
  /// - Throws: ``TensorError`` for a row that isn't whole blocks, or is too large.
  public func byteCount(ofRow count: Int) throws(TensorError) -> Int {
    guard count >= 0 else { throw .negativeExtent([count]) }
    let (elements, size) =
      switch self {
      case .f32: (1, 4)
      case .f16: (1, 2)
      case .q8: (BlockFormat.q8_0.elementsPerBlock, BlockFormat.q8_0.bytesPerBlock)
      }
    if let blocks, count % elements != 0 { throw .unevenBlocks(blocks, columns: count) }
    let (bytes, overflow) = (count / elements).multipliedReportingOverflow(by: size)
    guard !overflow else { throw .tooLarge(.f32, [count]) }
    return bytes
  }

  /// Bytes of a state with these extents, of which the last is a row's.
  public func byteCount(_ dims: [Int]) throws(TensorError) -> Int {
    var bytes = try byteCount(ofRow: dims.last ?? 1)
    for extent in dims.dropLast() {
      guard extent >= 0 else { throw .negativeExtent(dims) }
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw .tooLarge(.f32, dims) }
      bytes = product
    }
    return bytes
  }

  public var description: String { rawValue }
}
