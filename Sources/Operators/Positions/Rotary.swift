import IR
import Tensors

/// Rotary positions (Su et al., 2021): pairs of each head's elements are turned by an angle that
/// grows with the position, (a, b) → (a cos φ − b sin φ, b cos φ + a sin φ), φ = p / base^(2i/r).
///
/// x [batch, tokens, heads·d] → the same. positions i32 or i64 [tokens] or [batch, tokens]; without
/// them 0 ..< tokens. Only the first r = `rotary_size` elements of a head turn; 0 means all. Pairs
/// are (i, i + r/2), or (2i, 2i + 1) with `interleaved`. `scaling`: "linear" divides positions by
/// `factor`; "llama3" slows only the long waves (Llama 3.1's rule, with `low_frequency`,
/// `high_frequency` and `original_positions`).
public struct Rotary: Op {
  /// How frequencies are changed for contexts longer than those trained on.
  public enum Scaling: String, CaseIterable, Sendable {
    /// They aren't.
    case none
    /// All divided by the factor.
    case linear
    /// The low ones divided by the factor, the high ones kept, between them a ramp.
    case llama3
  }

  public static let signature = OpSignature(
    "rotary",
    "Rotary positions: pairs of elements turned by an angle that grows with the position.",
    category: .position, operands: [.required("x"), .optional("positions")],
    attributes: [
      .init("heads", .int), .init("base", .double, default: .double(10000)),
      .init("interleaved", .bool, default: .bool(false)),
      .init("rotary_size", .int, default: .int(0)),
      .init(
        "scaling", .string(Scaling.allCases.map(\.rawValue)), default: .string("none")),
      .init("factor", .double, default: .double(1)),
      .init("low_frequency", .double, default: .double(1)),
      .init("high_frequency", .double, default: .double(4)),
      .init("original_positions", .double, default: .double(8192)),
    ])

  /// Whether positions are the second operand.
  public var hasPositions: Bool
  /// The number of heads in x.
  public var heads: Int
  /// What the slowest wave is longer by than the fastest.
  public var base: Double
  /// Whether a pair stands next to each other.
  public var interleaved: Bool
  /// Elements of a head that turn; 0: all.
  public var rotarySize: Int
  /// How frequencies are changed.
  public var scaling: Scaling
  /// By how much.
  public var factor: Double
  /// llama3: waves longer than `originalPositions` / this are slowed in full.
  public var lowFrequency: Double
  /// llama3: waves shorter than `originalPositions` / this are kept.
  public var highFrequency: Double
  /// llama3: the context trained on.
  public var originalPositions: Double

  /// Rotary positions without scaling.
  public init(
    heads: Int, positions: Bool = false, base: Double = 10000, interleaved: Bool = false,
    rotarySize: Int = 0
  ) {
    self.heads = heads
    hasPositions = positions
    self.base = base
    self.interleaved = interleaved
    self.rotarySize = rotarySize
    scaling = .none
    (factor, lowFrequency, highFrequency, originalPositions) = (1, 1, 4, 8192)
  }

  public init(_ attributes: Attributes) throws(OpError) {
    self.init(
      heads: try attributes.int("heads"), positions: try attributes.bool("positions"),
      base: try attributes.double("base"), interleaved: try attributes.bool("interleaved"),
      rotarySize: try attributes.int("rotary_size"))
    scaling = try attributes.choice("scaling")
    factor = try attributes.double("factor")
    lowFrequency = try attributes.double("low_frequency")
    highFrequency = try attributes.double("high_frequency")
    originalPositions = try attributes.double("original_positions")
    guard heads > 0 else { throw .attributeRange("heads", rule: "at least 1 head") }
    guard base > 0, base.isFinite else { throw .attributeRange("base", rule: "a number above 0") }
    guard rotarySize >= 0, rotarySize % 2 == 0 else {
      throw .attributeRange("rotary_size", rule: "an even number of elements")
    }
    guard factor > 0, factor.isFinite else {
      throw .attributeRange("factor", rule: "a number above 0")
    }
    guard lowFrequency > 0, highFrequency > lowFrequency else {
      throw .attributeRange("high_frequency", rule: "more than low_frequency, which is above 0")
    }
    guard originalPositions > 0 else {
      throw .attributeRange("original_positions", rule: "a number above 0")
    }
  }

  public var attributes: Attributes {
    [
      "positions": .bool(hasPositions), "heads": .int(heads), "base": .double(base),
      "interleaved": .bool(interleaved), "rotary_size": .int(rotarySize),
      "scaling": .string(scaling.rawValue), "factor": .double(factor),
      "low_frequency": .double(lowFrequency), "high_frequency": .double(highFrequency),
      "original_positions": .double(originalPositions),
    ]
  }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: hasPositions ? 2 : 1)
    try operands.checkReal(0)
    let x = try operands.check(0, rank: 3)
    let size: Dim
    do {
      size = try x.extent(-1).divided(exactlyBy: Dim(heads))
    } catch {
      throw .shape(operand: 0, rule: "a last axis that \(heads) heads divide")
    }
    if size.isKnownLess(than: Dim(rotarySize)) {
      throw .attributeRange("rotary_size", rule: "at most the head's \(size) elements")
    }
    if rotarySize == 0, let size = size.value, size % 2 != 0 {
      throw .shape(operand: 0, rule: "heads of an even size")
    }
    if hasPositions {
      try operands.check(1, dtypes: [.i32, .i64])
      guard (1...2).contains(operands[1].rank) else { throw .rank(operand: 1, expected: "1 or 2") }
      try operands.check(1, axis: -1, equals: 0, axis: 1, rule: "a position for each token")
      if operands[1].rank == 2 {
        try operands.check(1, axis: 0, equals: 0, axis: 0, rule: "positions for each sequence")
      }
    }
    return [x]
  }

  /// Radians for each step of the position, for each of `pairs` pairs.
  func frequencies(pairs: Int) -> [Double] {
    (0..<pairs).map { i in
      let frequency = 1 / Math.pow(base, Double(i) / Double(pairs))
      switch scaling {
      case .none: return frequency
      case .linear: return frequency / factor
      case .llama3:
        let waves = originalPositions * frequency / (2 * .pi)
        let ramp = (waves - lowFrequency) / (highFrequency - lowFrequency)
        let kept = min(max(ramp, 0), 1)
        return kept * frequency + (1 - kept) * frequency / factor
      }
    }
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
    let x = operands[0]
    let (batches, tokens, size) = (x.dims[0], x.dims[1], x.dims[2] / heads)
    let pairs = (rotarySize == 0 ? size : rotarySize) / 2
    let frequencies = frequencies(pairs: pairs)
    var values = x.doubles
    for row in 0..<batches * tokens {
      var position = row % max(tokens, 1)
      if hasPositions {
        position = operands[1].integer(at: operands[1].dims.count == 1 ? position : row)
      }
      for head in 0..<heads {
        let start = (row * heads + head) * size
        for i in 0..<pairs {
          let a = start + (interleaved ? 2 * i : i)
          let b = interleaved ? a + 1 : a + pairs
          let angle = Double(position) * frequencies[i]
          let (va, vb) = (values[a], values[b])
          values[a] = va * Math.cos(angle) - vb * Math.sin(angle)
          values[b] = vb * Math.cos(angle) + va * Math.sin(angle)
        }
      }
    }
    return [try Tensor(x.dtype, dims: x.dims, doubles: values)]
  }
}
