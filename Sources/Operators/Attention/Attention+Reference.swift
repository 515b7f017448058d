import IR
import Tensors

extension Attention: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let type = try resultTypes(operands.map(\.type))[0]
    let (q, k, v) = (operands[0], operands[1], operands[2])
    let (batches, queries, keys) = (q.dims[0], q.dims[1], k.dims[1])
    let valueSize = v.dims[2] / keyHeads
    let vs = v.doubles
    let scores = try AttentionScores(
      self, q, k, mask: maskPosition.map { operands[$0] }, bias: biasPosition.map { operands[$0] },
      offsets: offsetsPosition.map { operands[$0] })
    var result: [Double] = []
    for batch in 0..<batches {
      for query in 0..<queries {
        for head in 0..<heads {
          let keyHead = head / (heads / keyHeads)
          let weights = Attention.softmax(scores.row(batch, head, query))
          for d in 0..<valueSize {
            result.append(
              (0..<keys).reduce(0.0) { sum, key in
                // Where a key is hidden, its value isn't looked at: it may be NaN.
                weights[key] == 0
                  ? sum
                  : sum + weights[key]
                    * vs[((batch * keys + key) * keyHeads + keyHead) * valueSize + d]
              })
          }
        }
      }
    }
    return [try Tensor(type.dtype, dims: type.shape.values ?? [], doubles: result)]
  }

  /// exp(xᵢ) / Σ exp(xⱼ); zeros where every x is -∞.
  static func softmax(_ x: [Double]) -> [Double] {
    guard let largest = x.max(), largest != -.infinity else { return x.map { _ in 0 } }
    let powers = x.map { Math.exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}

/// What the softmax of an attention is given, in Double.
struct AttentionScores {
  private let op: Attention
  private let q: Tensor
  private let k: Tensor
  private let mask: Tensor?
  private let bias: Tensor?
  private let qs: [Double]
  private let ks: [Double]
  /// For each token the sequence that it belongs to; nil where a batch is one.
  private let sequence: [Int?]?

  init(
    _ op: Attention, _ q: Tensor, _ k: Tensor, mask: Tensor?, bias: Tensor?, offsets: Tensor?
  ) throws {
    self.op = op
    self.q = q
    self.k = k
    self.mask = mask
    self.bias = bias
    qs = q.doubles
    ks = k.doubles
    sequence = try offsets.map {
      try $0.checkedOffsets(tokens: q.dims[1]).sequenceOfTokens(count: q.dims[1])
    }
  }

  /// The scores of one query for all keys; -∞ for one that is hidden.
  func row(_ batch: Int, _ head: Int, _ query: Int) -> [Double] {
    let (queries, keys, size) = (q.dims[1], k.dims[1], q.dims[2] / op.heads)
    let keyHead = head / (op.heads / op.keyHeads)
    let factor = op.factor(headSize: size)
    return (0..<keys).map { key in
      guard sees(key, from: query, queries, keys), allows(batch, query, key),
        areTogether(query, key)
      else { return -.infinity }
      let dot = (0..<size).reduce(0.0) { sum, d in
        sum + qs[((batch * queries + query) * op.heads + head) * size + d]
          * ks[((batch * keys + key) * op.keyHeads + keyHead) * size + d]
      }
      return capped(dot * factor) + biasValue(batch, head, query, key)
    }
  }

  private func capped(_ score: Double) -> Double {
    op.softcap == 0 ? score : op.softcap * Math.tanh(score / op.softcap)
  }

  private func sees(_ key: Int, from query: Int, _ queries: Int, _ keys: Int) -> Bool {
    let last = query + keys - queries
    return (!op.causal || key <= last) && (op.window == 0 || key > last - op.window)
  }

  /// Whether both tokens belong to one sequence.
  private func areTogether(_ query: Int, _ key: Int) -> Bool {
    guard let sequence else { return true }
    return sequence[query] != nil && sequence[query] == sequence[key]
  }

  private func allows(_ batch: Int, _ query: Int, _ key: Int) -> Bool {
    guard let mask else { return true }
    let row = mask.dims.count == 2 ? batch : batch * mask.dims[1] + query
    return mask.double(at: row * (mask.dims.last ?? 1) + key) != 0
  }

  private func biasValue(_ batch: Int, _ head: Int, _ query: Int, _ key: Int) -> Double {
    guard let bias else { return 0 }
    let index = zip([batch, head, query, key].suffix(bias.dims.count), bias.dims)
      .reduce(0) { $0 * $1.1 + ($1.1 == 1 ? 0 : $1.0) }
    return bias.double(at: index)
  }
}
