import IR
import Tensors

/// Rotary positions (Su et al., 2021): pairs of each head's elements are turned by the angles of
/// their token, (a, b) → (a cos φ − b sin φ, b cos φ + a sin φ).
///
/// x [batch, tokens, heads·d] → the same. turns [tokens, r] or [batch, tokens, r]: for each token the
/// cosines of r/2 angles, then their sines; both may have been scaled. The first r elements of a
/// head turn. Pairs are (i, i + r/2), or (2i, 2i + 1) with `interleaved`.
public struct Rotary: Op {
  public static let signature = OpSignature(
    "rotary", "Rotary positions: pairs of elements turned by the angles of their token.",
    category: .position, operands: [.required("x"), .required("turns")],
    attributes: [.init("heads", .int), .init("interleaved", .bool, default: .bool(false))])

  /// The number of heads in x.
  public var heads: Int
  /// Whether a pair stands next to each other.
  public var interleaved: Bool

  /// Rotary positions for x of `heads` heads.
  public init(heads: Int, interleaved: Bool = false) {
    self.heads = heads
    self.interleaved = interleaved
  }

  public init(_ attributes: Attributes) throws(OpError) {
    heads = try attributes.int("heads")
    interleaved = try attributes.bool("interleaved")
    guard heads > 0 else { throw .attributeRange("heads", rule: "at least 1 head") }
  }

  public var attributes: Attributes { ["heads": .int(heads), "interleaved": .bool(interleaved)] }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 2)
    try operands.checkReal(0)
    try operands.checkReal(1)
    let x = try operands.check(0, rank: 3)
    let size: Dim
    do {
      size = try x.extent(-1).divided(exactlyBy: Dim(heads))
    } catch {
      throw .shape(operand: 0, rule: "a last axis that \(heads) heads divide")
    }
    guard (2...3).contains(operands[1].rank) else { throw .rank(operand: 1, expected: "2 or 3") }
    try operands.check(1, axis: -2, equals: 0, axis: 1, rule: "an angle for each token")
    if operands[1].rank == 3 {
      try operands.check(1, axis: 0, equals: 0, axis: 0, rule: "angles for each sequence")
    }
    let turned = operands[1].extent(-1)
    if size.isKnownLess(than: turned) {
      throw .shape(operand: 1, rule: "a last axis of at most the head's \(size) elements")
    }
    guard (try? turned.divided(exactlyBy: 2)) != nil else {
      throw .shape(operand: 1, rule: "an even last axis: cosines, then as many sines")
    }
    return [x]
  }
}

extension Rotary: InPlace {
  public var overwritableOperands: [Int] { [0] }
}

extension Rotary: Costed {
  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    saturatingProduct((results[0].shape.values ?? [0]) + [3])
  }
}

extension Rotary: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let (x, turns) = (operands[0], operands[1].doubles)
    let (batches, tokens, size) = (x.dims[0], x.dims[1], x.dims[2] / heads)
    let pairs = (operands[1].dims.last ?? 0) / 2
    let isShared = operands[1].dims.count == 2
    var values = x.doubles
    for row in 0..<batches * tokens {
      let line = (isShared ? row % tokens : row) * 2 * pairs
      for head in 0..<heads {
        let start = (row * heads + head) * size
        for i in 0..<pairs {
          let a = start + (interleaved ? 2 * i : i)
          let b = interleaved ? a + 1 : a + pairs
          let (cosine, sine) = (turns[line + i], turns[line + pairs + i])
          let (va, vb) = (values[a], values[b])
          values[a] = va * cosine - vb * sine
          values[b] = vb * cosine + va * sine
        }
      }
    }
    return [try Tensor(x.dtype, dims: x.dims, doubles: values)]
  }
}
