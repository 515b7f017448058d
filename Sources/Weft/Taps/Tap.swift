/// A point that is tapped, with what was picked of it.
struct Tap: Sendable {
  let point: TapPoint
  /// The heads; empty: all that it has.
  let heads: [Int]

  /// The name that the tensor gets.
  var name: String {
    heads.isEmpty
      ? point.address : "\(point.address)[\(heads.map(String.init).joined(separator: ","))]"
  }

  /// The type, which may be symbolic.
  var type: TensorType {
    guard !heads.isEmpty else { return point.type }
    var dims = point.type.shape.dims
    dims[1] = Dim(heads.count)
    return TensorType(point.type.dtype, Shape(dims))
  }

  /// Bytes of the tensor; what no number holds counts as `Int.max`.
  func byteCount(for bindings: Bindings) -> Int {
    guard let type = try? type.substituting(bindings), let dims = type.shape.values,
      let bytes = try? Tensor.byteCount(type.dtype, dims)
    else { return .max }
    return bytes
  }

  /// What `patterns` name, each address once.
  ///
  /// - Throws: ``TapError`` for a pattern that names nothing.
  static func select(
    _ patterns: [String], from points: TapPoints, weights: [String]
  ) throws(TapError) -> [Tap] {
    var seen: Set<String> = []
    var given: Set<String> = []
    var taps: [Tap] = []
    for text in patterns {
      guard given.insert(text).inserted else { throw .twice(text) }
      let pattern = try TapPattern(text)
      for point in try pattern.select(from: points, weights: weights) {
        let tap = Tap(point: point, heads: pattern.heads)
        if seen.insert(tap.name).inserted { taps.append(tap) }
      }
    }
    return taps.sorted { ($0.point.order, $0.name) < ($1.point.order, $1.name) }
  }
}
