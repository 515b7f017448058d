import Tensors

extension Checkpoint {
  /// The names of what belongs to a weight of 8-bit integers, as compressed-tensors has them.
  enum Companion {
    static func scales(of weight: String) -> String { weight + "_scale" }
    static func zeroPoint(of weight: String) -> String { weight + "_zero_point" }
  }

  /// A matrix of type `I8` with its scales: `f32[rows]` or `f32[rows, 1]` give each row one,
  /// `f32[1, columns]` each column.
  func int8Matrix(_ entry: CheckpointEntry) throws(ScaleFault) -> Int8Matrix? {
    guard entry.typeName == "I8", entry.dims.count == 2 else { return nil }
    let zeroPoint = Companion.zeroPoint(of: entry.name)
    if self.entry(named: zeroPoint) != nil { throw .zeroPoint(name: zeroPoint) }
    let name = Companion.scales(of: entry.name)
    guard let found = self.entry(named: name) else {
      let others = names.filter { $0.hasSuffix("scale") }
      throw .missing(name: name, nearest: nearestName(to: name, among: others))
    }
    let (rows, columns) = (entry.dims[0], entry.dims[1])
    let scaled: Int8Matrix.Axis? =
      switch found.dims {
      case [rows], [rows, 1]: .rows
      case [1, columns]: .columns
      default: nil
      }
    guard let scaled, let dtype = found.dtype, dtype.isFloatingPoint,
      let stored = try? tensor(named: name)
    else {
      throw .type(
        name: name, expected: "f32[\(rows)], f32[\(rows), 1] or f32[1, \(columns)]",
        foundType: found.typeName, foundDims: found.dims)
    }
    let scales = stored.floats
    if let bad = scales.firstIndex(where: { !$0.isFinite || $0 < 0 }) {
      throw .value(name: name, index: bad, value: scales[bad])
    }
    guard let memory = bytes(of: entry.name),
      let vector = try? Tensor(dims: [scales.count], floats: scales)
    else { return nil }
    return try? Int8Matrix(
      rows: rows, columns: columns, storage: memory.storage, byteOffset: memory.byteOffset,
      scales: vector, scaled: scaled)
  }
}
