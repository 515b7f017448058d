/// Weights that are held in memory, or views of a mapped file, by name.
struct HeldWeights: WeightSource {
  let weights: [String: StoredWeight]
  var roundedProducts: Set<String> = []

  func weight(for parameter: Parameter, type: TensorType) throws -> StoredWeight {
    guard let weight = weights[parameter.name] else { throw ModelError.noWeights(parameter.name) }
    return weight
  }

  /// Bytes that all of them take.
  var byteCount: Int { weights.values.reduce(0) { $0 + $1.byteCount } }
}
