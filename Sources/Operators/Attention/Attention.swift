import IR
import Tensors

/// Scaled dot-product attention of several heads (Vaswani et al., 2017):
/// softmax(cap(scale · q kᵀ) + bias) v for each head, over the keys that a query sees.
///
/// q [batch, queries, heads·d] · k [batch, keys, kv_heads·d] · v [batch, keys, kv_heads·dv] →
/// [batch, queries, heads·dv]. With fewer `kv_heads`, heads share keys and values in groups
/// (Ainslie et al., 2023). mask: bool [batch, keys] or [batch, queries, keys], true where a query
/// sees a key. bias: [heads, queries, keys] or [batch, heads, queries, keys], added to the scaled
/// scores; each of its axes but the last may be 1. `causal`: query i sees key j iff
/// j ≤ i + keys − queries. `window`: only the last `window` keys up to there. `softcap`: cap(s) =
/// softcap · tanh(s / softcap), so that no score is larger (Gemma 2, 2024). A query that sees no key
/// gives zeros.
///
/// offsets: i32 [sequences + 1]; then the one batch is sequences laid end to end, sequence s the
/// tokens offsets[s] ..< offsets[s + 1], and a query sees keys of its own sequence only; mask, bias
/// and the rest hold inside of it. Offsets begin with 0 and never decrease; tokens after the last
/// belong to no sequence and give zeros. Other offsets fail the run.
///
/// products: "bf16" lets kernels round both sides of q kᵀ and of the product with v to bf16, where the
/// machine multiplies them faster; all else, and everything on other machines, is f32.
public struct Attention: Op {
  /// What both sides of a product may be rounded to.
  public enum Products: String, CaseIterable, Sendable {
    /// They aren't.
    case f32
    /// To the nearest bf16, of two to the even one.
    case bf16
  }

  public static let signature = OpSignature(
    "attention", "Scaled dot-product attention of several heads.", category: .attention,
    operands: [
      .required("q"), .required("k"), .required("v"), .optional("mask"), .optional("bias"),
      .optional("offsets"),
    ],
    attributes: [
      .init("heads", .int), .init("kv_heads", .int, default: .int(0)),
      .init("causal", .bool, default: .bool(false)), .init("scale", .double, default: .double(0)),
      .init("window", .int, default: .int(0)), .init("softcap", .double, default: .double(0)),
      .init("products", .string(Products.allCases.map(\.rawValue)), default: .string("f32")),
    ])

  /// Whether a mask is the fourth operand.
  public var hasMask: Bool
  /// Whether a bias follows.
  public var hasBias: Bool
  /// Whether the offsets of sequences laid end to end are the last operand.
  public var hasOffsets: Bool
  /// Heads of the queries.
  public var heads: Int
  /// Heads of keys and values; 0: as many as the queries have.
  public var kvHeads: Int
  /// Whether a query sees only keys up to its own position.
  public var causal: Bool
  /// The factor of the scores; 0: 1/√d.
  public var scale: Double
  /// How many keys a query sees at most, the last ones; 0: all.
  public var window: Int
  /// What scaled scores stay below, in a smooth way; 0: they aren't capped.
  public var softcap: Double
  /// What both sides of its products may be rounded to.
  public var products: Products

  /// Attention with the given parts.
  public init(
    heads: Int, kvHeads: Int = 0, mask: Bool = false, bias: Bool = false, offsets: Bool = false,
    causal: Bool = false, scale: Double = 0, window: Int = 0, softcap: Double = 0,
    products: Products = .f32
  ) {
    self.heads = heads
    self.kvHeads = kvHeads
    hasMask = mask
    hasBias = bias
    hasOffsets = offsets
    self.causal = causal
    self.scale = scale
    self.window = window
    self.softcap = softcap
    self.products = products
  }

  public init(_ attributes: Attributes) throws(OpError) {
    hasMask = try attributes.bool("mask")
    hasBias = try attributes.bool("bias")
    hasOffsets = try attributes.bool("offsets")
    heads = try attributes.int("heads")
    kvHeads = try attributes.int("kv_heads")
    causal = try attributes.bool("causal")
    scale = try attributes.double("scale")
    window = try attributes.int("window")
    softcap = try attributes.double("softcap")
    products = try attributes.choice("products")
    guard heads > 0 else { throw .attributeRange("heads", rule: "at least 1 head") }
    guard kvHeads >= 0, kvHeads == 0 || heads % kvHeads == 0 else {
      throw .attributeRange("kv_heads", rule: "a number that divides \(heads) heads")
    }
    guard window >= 0 else { throw .attributeRange("window", rule: "0 or more keys") }
    guard softcap >= 0, softcap.isFinite else {
      throw .attributeRange("softcap", rule: "a number above 0, or 0 for none")
    }
  }

  public var attributes: Attributes {
    [
      "mask": .bool(hasMask), "bias": .bool(hasBias), "offsets": .bool(hasOffsets),
      "heads": .int(heads), "kv_heads": .int(kvHeads), "causal": .bool(causal),
      "scale": .double(scale), "window": .int(window), "softcap": .double(softcap),
      "products": .string(products.rawValue),
    ]
  }

  /// Heads of keys and values.
  public var keyHeads: Int { kvHeads == 0 ? heads : kvHeads }

  /// The position of the mask, where there is one.
  public var maskPosition: Int? { hasMask ? 3 : nil }

  /// The position of the bias, where there is one.
  public var biasPosition: Int? { hasBias ? (hasMask ? 4 : 3) : nil }

  /// The position of the offsets, where there are some.
  public var offsetsPosition: Int? {
    hasOffsets ? 3 + (hasMask ? 1 : 0) + (hasBias ? 1 : 0) : nil
  }

  /// The factor of the scores for heads of `headSize` elements.
  public func factor(headSize: Int) -> Double {
    scale == 0 ? 1 / Double(max(headSize, 1)).squareRoot() : scale
  }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 3 + [hasMask, hasBias, hasOffsets].count { $0 })
    for i in 0..<3 {
      try operands.checkReal(i)
      try operands.check(i, rank: 3)
    }
    for i in 1..<3 {
      try operands.check(i, axis: 0, equals: 0, axis: 0, rule: "one batch")
    }
    try operands.check(2, axis: 1, equals: 1, axis: 1, rule: "a value for each key")
    let size = try headSize(operands, 0, heads)
    guard try headSize(operands, 1, keyHeads) == size else {
      throw .extents(rule: "keys and queries of one head size", .init(1, -1), .init(0, -1))
    }
    let valueSize = try headSize(operands, 2, keyHeads)
    if let maskPosition { try checkMask(operands, maskPosition) }
    if let biasPosition { try checkBias(operands, biasPosition) }
    if let offsetsPosition { try checkOffsets(operands, offsetsPosition) }
    do {
      let width = try valueSize.multiplied(by: Dim(heads))
      let q = operands[0].shape.dims
      return [TensorType(operands[0].dtype, Shape([q[0], q[1], width]))]
    } catch {
      throw .dim(error)
    }
  }

  func headSize(
    _ operands: [TensorType], _ i: Int, _ heads: Int
  ) throws(OpError) -> Dim {
    do {
      return try operands[i].extent(-1).divided(exactlyBy: Dim(heads))
    } catch {
      throw .shape(operand: i, rule: "a last axis that \(heads) heads divide")
    }
  }

  func checkMask(_ operands: [TensorType], _ i: Int) throws(OpError) {
    try operands.check(i, dtypes: [.bool])
    guard (2...3).contains(operands[i].rank) else { throw .rank(operand: i, expected: "2 or 3") }
    try operands.check(i, axis: 0, equals: 0, axis: 0, rule: "a mask for each sequence")
    try operands.check(i, axis: -1, equals: 1, axis: 1, rule: "a mask for each key")
    if operands[i].rank == 3 {
      try operands.check(i, axis: 1, equals: 0, axis: 1, rule: "a mask for each query")
    }
  }

  func checkBias(_ operands: [TensorType], _ i: Int) throws(OpError) {
    try operands.checkReal(i)
    guard (3...4).contains(operands[i].rank) else { throw .rank(operand: i, expected: "3 or 4") }
    try operands.check(i, axis: -1, equals: 1, axis: 1, rule: "a bias for each key")
    if operands[i].extent(-2) != 1 {
      try operands.check(i, axis: -2, equals: 0, axis: 1, rule: "a bias for each query")
    }
    guard operands[i].extent(-3) == 1 || operands[i].extent(-3) == Dim(heads) else {
      throw .shape(operand: i, rule: "a bias for 1 or \(heads) heads")
    }
    if operands[i].rank == 4, operands[i].extent(0) != 1 {
      try operands.check(i, axis: 0, equals: 0, axis: 0, rule: "a bias for each sequence")
    }
  }
}

extension Attention: Segmented {
  public func segmentedExtent(_ operands: [TensorType]) -> Dim { operands[0].extent(1) }

  func checkOffsets(_ operands: [TensorType], _ i: Int) throws(OpError) {
    _ = try operands.checkOffsets(i)
    guard operands[0].extent(0) == 1 else {
      throw .shape(operand: 0, rule: "a batch of 1 beside offsets: sequences lie end to end")
    }
    try operands.check(1, axis: 1, equals: 0, axis: 1, rule: "a key for each query beside offsets")
  }
}

extension Attention: Costed {
  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    guard let q = operands[0].shape.values, let v = results[0].shape.values,
      let keys = operands[1].extent(1).value
    else { return 0 }
    // A causal query sees on average the keys that all see, and half of the rest.
    var seen = causal ? max(keys - q[1] / 2, keys / 2) : keys
    // How long each sequence is, is known at run time only: counted as if all were equally long.
    if let offsetsPosition, let count = operands[offsetsPosition].extent(0).value {
      seen = ceilingDivision(seen, max(count - 1, 1))
    }
    return saturatingProduct([q[0], q[1], seen, (2 * q[2]).saturatingAdding(2 * v[2])])
  }
}
