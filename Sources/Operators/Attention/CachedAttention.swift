import IR
import Tensors

/// Attention over keys and values in a state: token t sees positions 0 ... positions[t] of slot
/// slots[t], and of them the last `window` at most.
///
/// q [1, tokens, heads·d] · keys [slots, capacity, kv_heads·d] · values [slots, capacity,
/// kv_heads·dv] · slots i32 [tokens] · positions i32 [tokens] → [1, tokens, heads·dv]. Tokens of
/// many sequences lie in one row, in any mix of lengths, nothing padded; their own keys and values
/// were appended before. Otherwise as ``Attention`` with `causal`.
public struct CachedAttention: Op {
  public static let signature = OpSignature(
    "cached_attention", "Attention over the keys and values that a state holds.",
    category: .attention,
    operands: [
      .required("q"), .required("keys"), .required("values"), .required("slots"),
      .required("positions"),
    ],
    attributes: [
      .init("heads", .int), .init("kv_heads", .int, default: .int(0)),
      .init("scale", .double, default: .double(0)), .init("window", .int, default: .int(0)),
      .init("softcap", .double, default: .double(0)),
    ])

  /// The attention of each token, without states: heads, scale, window and cap.
  public var attention: Attention

  /// Attention with the given parts.
  public init(
    heads: Int, kvHeads: Int = 0, scale: Double = 0, window: Int = 0, softcap: Double = 0
  ) {
    attention = Attention(
      heads: heads, kvHeads: kvHeads, causal: true, scale: scale, window: window, softcap: softcap)
  }

  public init(_ attributes: Attributes) throws(OpError) {
    var all = attributes
    for name in ["mask", "bias", "offsets"] { all[name] = .bool(false) }
    all["causal"] = .bool(true)
    all["products"] = .string(Attention.Products.f32.rawValue)
    attention = try Attention(all)
  }

  public var attributes: Attributes {
    [
      "heads": .int(attention.heads), "kv_heads": .int(attention.kvHeads),
      "scale": .double(attention.scale), "window": .int(attention.window),
      "softcap": .double(attention.softcap),
    ]
  }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 5)
    for i in 0..<3 {
      try operands.check(i, dtypes: [.f32])
      try operands.check(i, rank: 3)
    }
    guard operands[0].extent(0) == 1 else {
      throw .shape(operand: 0, rule: "a batch of 1: tokens of all sequences lie in one row")
    }
    for axis in 0..<2 {
      try operands.check(2, axis: axis, equals: 1, axis: axis, rule: "a value for each key")
    }
    let size = try attention.headSize(operands, 0, attention.heads)
    guard try attention.headSize(operands, 1, attention.keyHeads) == size else {
      throw .extents(rule: "keys and queries of one head size", .init(1, -1), .init(0, -1))
    }
    let valueSize = try attention.headSize(operands, 2, attention.keyHeads)
    try operands.checkPlaces(slots: 3, positions: 4, tokens: 0)
    do {
      let width = try valueSize.multiplied(by: Dim(attention.heads))
      return [TensorType(.f32, Shape([operands[0].extent(0), operands[0].extent(1), width]))]
    } catch {
      throw .dim(error)
    }
  }
}

extension CachedAttention: StatePlacing {
  public var stateOperand: Int { 1 }
  public var slotsOperand: Int { 3 }
  public var positionsOperand: Int { 4 }
}

extension CachedAttention: Costed {
  /// How much stands in the cache is known at run time only: counted as if it were full, or as the
  /// window lets a token see.
  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    guard let q = operands[0].shape.values, let v = results[0].shape.values else { return 0 }
    return saturatingProduct([
      q[1], seen(operands), (2 * q[2]).saturatingAdding(2 * v[2]),
    ])
  }

  public func bytesRead(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    guard let keys = operands[1].shape.values, let values = operands[2].shape.values else {
      return 0
    }
    let rows = saturatingProduct([seen(operands), keys[2].saturatingAdding(values[2]), 4])
    let sequences = min(keys[0], operands[0].shape.values?[1] ?? 1)
    return saturatingProduct([rows, sequences])
      .saturatingAdding(Cost.byteCount([operands[0], operands[3], operands[4]]))
  }

  private func seen(_ operands: [TensorType]) -> Int {
    let capacity = operands[1].extent(1).value ?? 0
    return attention.window == 0 ? capacity : min(capacity, attention.window)
  }
}

extension CachedAttention: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let (q, keys, values) = (operands[0], operands[1], operands[2])
    let (slots, capacity) = (keys.dims[0], keys.dims[1])
    var result: [Double] = []
    for t in 0..<q.dims[1] {
      let (slot, position) = (operands[3].integer(at: t), operands[4].integer(at: t))
      for (index, count) in [(slot, slots), (position, capacity)] {
        guard (0..<count).contains(index) else {
          throw EvaluationError.indexOutOfRange(index: index, count: count)
        }
      }
      func rows(_ state: Tensor) throws -> Tensor {
        let width = state.dims[2]
        let start = slot * capacity * width
        return try Tensor(
          .f32, dims: [1, position + 1, width],
          doubles: Array(state.doubles[start..<start + (position + 1) * width]))
      }
      let width = q.dims[2]
      let query = try Tensor(
        .f32, dims: [1, 1, width], doubles: Array(q.doubles[t * width..<(t + 1) * width]))
      result += try attention.evaluate([query, rows(keys), rows(values)])[0].doubles
    }
    let type = try resultTypes(operands.map(\.type))[0]
    return [try Tensor(type.dtype, dims: type.shape.values ?? [], doubles: result)]
  }
}
