import IR
import Tensors

/// The weights that an ``Attention`` gives its values, which it never has in memory itself.
///
/// q [batch, queries, heads·d] · k [batch, keys, kv_heads·d] → [batch, heads, queries, keys]:
/// softmax(scale · q kᵀ + bias) over the keys that a query sees, zeros for the others; with `scores`,
/// what the softmax is given, -∞ for keys that are hidden. `picked`: only these heads, in this order.
/// Mask, bias, offsets and the other attributes are those of ``Attention``. With offsets, the one
/// batch is sequences laid end to end, and keys of other sequences are hidden.
public struct AttentionWeights: Op {
  public static let signature = OpSignature(
    "attention_weights", "The weights that an attention gives each key.", category: .attention,
    operands: [
      .required("q"), .required("k"), .optional("mask"), .optional("bias"), .optional("offsets"),
    ],
    attributes: Attention.signature.attributes + [
      .init("scores", .bool, default: .bool(false)), .init("picked", .ints, default: .dims([])),
    ])

  /// The attention whose weights they are.
  public var attention: Attention
  /// Whether scores are given and no weights.
  public var givesScores: Bool
  /// The heads that are given, in this order; empty: all.
  public var picked: [Int]

  /// The weights of `attention`.
  public init(of attention: Attention, scores: Bool = false, picked: [Int] = []) {
    self.attention = attention
    givesScores = scores
    self.picked = picked
  }

  public init(_ attributes: Attributes) throws(OpError) {
    attention = try Attention(attributes)
    givesScores = try attributes.bool("scores")
    picked = try attributes.ints("picked")
    guard picked.allSatisfy({ (0..<attention.heads).contains($0) }) else {
      throw .attributeRange("picked", rule: "heads from 0 to \(attention.heads - 1)")
    }
  }

  public var attributes: Attributes {
    var attributes = attention.attributes
    attributes["scores"] = .bool(givesScores)
    attributes["picked"] = .dims(picked.map { Dim($0) })
    return attributes
  }

  /// The heads that are given.
  public var givenHeads: [Int] { picked.isEmpty ? Array(0..<attention.heads) : picked }

  /// The position of the mask, where there is one: there are no values before it.
  public var maskPosition: Int? { attention.maskPosition.map { $0 - 1 } }

  /// The position of the bias, where there is one.
  public var biasPosition: Int? { attention.biasPosition.map { $0 - 1 } }

  /// The position of the offsets, where there are some.
  public var offsetsPosition: Int? { attention.offsetsPosition.map { $0 - 1 } }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    let more = [attention.hasMask, attention.hasBias, attention.hasOffsets].count { $0 }
    try operands.check(count: 2 + more)
    for i in 0..<2 {
      try operands.checkReal(i)
      try operands.check(i, rank: 3)
    }
    try operands.check(1, axis: 0, equals: 0, axis: 0, rule: "one batch")
    let size = try attention.headSize(operands, 0, attention.heads)
    guard try attention.headSize(operands, 1, attention.keyHeads) == size else {
      throw .extents(rule: "keys and queries of one head size", .init(1, -1), .init(0, -1))
    }
    if let maskPosition { try attention.checkMask(operands, maskPosition) }
    if let biasPosition { try attention.checkBias(operands, biasPosition) }
    if let offsetsPosition { try attention.checkOffsets(operands, offsetsPosition) }
    let (q, k) = (operands[0].shape.dims, operands[1].shape.dims)
    return [TensorType(operands[0].dtype, Shape([q[0], Dim(givenHeads.count), q[1], k[1]]))]
  }
}

extension AttentionWeights: Segmented {
  public func segmentedExtent(_ operands: [TensorType]) -> Dim { operands[0].extent(1) }
}

extension AttentionWeights: Costed {
  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    let size = (operands[0].extent(-1).value ?? 0) / attention.heads
    let perWeight = (2 * size).saturatingAdding(givesScores ? 2 : 14)
    return saturatingProduct((results[0].shape.values ?? [0]) + [perWeight])
  }
}

extension AttentionWeights: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let type = try resultTypes(operands.map(\.type))[0]
    let scores = try AttentionScores(
      attention, operands[0], operands[1], mask: maskPosition.map { operands[$0] },
      bias: biasPosition.map { operands[$0] }, offsets: offsetsPosition.map { operands[$0] })
    var result: [Double] = []
    for batch in 0..<operands[0].dims[0] {
      for head in givenHeads {
        for query in 0..<operands[0].dims[1] {
          let row = scores.row(batch, head, query)
          result += givesScores ? row : Attention.softmax(row)
        }
      }
    }
    return [try Tensor(type.dtype, dims: type.shape.values ?? [], doubles: result)]
  }
}
