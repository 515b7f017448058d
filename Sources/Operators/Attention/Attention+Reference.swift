import IR
import Tensors

extension Attention: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let type = try resultTypes(operands.map(\.type))[0]
    let (q, k, v) = (operands[0], operands[1], operands[2])
    let (batches, queries, keys) = (q.dims[0], q.dims[1], k.dims[1])
    let (size, valueSize) = (q.dims[2] / heads, v.dims[2] / keyHeads)
    let mask = maskPosition.map { operands[$0] }
    let bias = biasPosition.map { operands[$0] }
    let (qs, ks, vs) = (q.doubles, k.doubles, v.doubles)
    let factor = factor(headSize: size)
    let sequence = try offsetsPosition.map {
      try operands[$0].checkedOffsets(tokens: queries).sequenceOfTokens(count: queries)
    }
    var result: [Double] = []
    for batch in 0..<batches {
      for query in 0..<queries {
        for head in 0..<heads {
          let keyHead = head / (heads / keyHeads)
          let visible = (0..<keys).filter { key in
            sees(key, from: query, queries, keys) && allows(mask, batch, query, key)
              && Attention.areTogether(query, key, sequence)
          }
          let scores = visible.map { key in
            let dot = (0..<size).reduce(0.0) { sum, d in
              sum + qs[((batch * queries + query) * heads + head) * size + d]
                * ks[((batch * keys + key) * keyHeads + keyHead) * size + d]
            }
            return dot * factor + value(of: bias, batch, head, query, key)
          }
          let weights = Attention.softmax(scores)
          for d in 0..<valueSize {
            result.append(
              zip(visible, weights).reduce(0.0) { sum, pair in
                sum + pair.1 * vs[((batch * keys + pair.0) * keyHeads + keyHead) * valueSize + d]
              })
          }
        }
      }
    }
    return [try Tensor(type.dtype, dims: type.shape.values ?? [], doubles: result)]
  }

  private func sees(_ key: Int, from query: Int, _ queries: Int, _ keys: Int) -> Bool {
    let last = query + keys - queries
    return (!causal || key <= last) && (window == 0 || key > last - window)
  }

  /// Whether both tokens belong to one sequence; `sequence` is nil where a batch is one.
  private static func areTogether(_ query: Int, _ key: Int, _ sequence: [Int?]?) -> Bool {
    guard let sequence else { return true }
    return sequence[query] != nil && sequence[query] == sequence[key]
  }

  private func allows(_ mask: Tensor?, _ batch: Int, _ query: Int, _ key: Int) -> Bool {
    guard let mask else { return true }
    let row = mask.dims.count == 2 ? batch : batch * mask.dims[1] + query
    return mask.double(at: row * (mask.dims.last ?? 1) + key) != 0
  }

  private func value(
    of bias: Tensor?, _ batch: Int, _ head: Int, _ query: Int, _ key: Int
  ) -> Double {
    guard let bias else { return 0 }
    let index = zip([batch, head, query, key].suffix(bias.dims.count), bias.dims)
      .reduce(0) { $0 * $1.1 + ($1.1 == 1 ? 0 : $1.0) }
    return bias.double(at: index)
  }

  /// exp(xᵢ) / Σ exp(xⱼ); zeros where every x is -∞.
  static func softmax(_ x: [Double]) -> [Double] {
    guard let largest = x.max(), largest != -.infinity else { return x.map { _ in 0 } }
    let powers = x.map { Math.exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
