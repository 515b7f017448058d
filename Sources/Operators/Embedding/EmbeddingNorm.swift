import IR
import Tensors

/// The layer norm of a sum of embeddings: what a BERT begins with.
///
/// y = weight · norm(Σ sourceᵢ) + bias. `sources` says what each of up to four sources is, in the
/// order in which they are added: "indices" (a table [rows, width] and i32 or i64 indices), "rows" (a
/// tensor whose shape, but for leading ones, ends the result's: it repeats over the axes before) or
/// "positions" (a table [rows, width] whose first rows stand for the positions on the result's last
/// axis but one). Indices have the result's shape without its last axis. Then follow weight and bias
/// [width].
public struct EmbeddingNorm: Op {
  /// What a source is made of.
  public enum Source: String, CaseIterable, Sendable {
    /// A table and indices.
    case indices
    /// Rows that repeat.
    case rows
    /// A table of positions.
    case positions

    /// The operands that it takes.
    public var operandCount: Int { self == .indices ? 2 : 1 }

    /// The shape of what the source at position `at` adds; nil where it takes the result's.
    func shape(_ operands: [TensorType], _ at: Int) -> Shape? {
      switch self {
      case .indices: Shape(operands[at + 1].shape.dims + [operands[at].extent(-1)])
      case .rows: operands[at].shape
      case .positions: nil
      }
    }
  }

  public static let signature = OpSignature(
    "embedding_norm", "Layer norm of a sum of embeddings.", category: .embedding,
    operands: [.variadic("operands"), .optional("weight"), .optional("bias")],
    attributes: [.init("sources", .string([])), .init("epsilon", .double, default: .double(1e-5))])

  /// The most sources that a kernel adds.
  public static let mostSources = 4

  /// What is added, in order.
  public var sources: [Source]
  /// Whether a weight follows the sources.
  public var hasWeight: Bool
  /// Whether a bias is the last operand.
  public var hasBias: Bool
  /// What is added to the variance.
  public var epsilon: Double

  /// The norm of the sum of 1 to 4 `sources`.
  public init(
    _ sources: [Source], weight: Bool = true, bias: Bool = true, epsilon: Double = 1e-5
  ) throws(OpError) {
    self.sources = sources
    hasWeight = weight
    hasBias = bias
    self.epsilon = epsilon
    guard (1...EmbeddingNorm.mostSources).contains(sources.count), sources != [.positions] else {
      throw .attributeRange("sources", rule: "1 to 4 sources, not positions alone")
    }
    try checkEpsilon(epsilon)
  }

  public init(_ attributes: Attributes) throws(OpError) {
    let words = try attributes.string("sources")
    var sources: [Source] = []
    for word in words.split(separator: ",", omittingEmptySubsequences: false) {
      guard let source = Source(rawValue: String(word)) else {
        throw .wrongAttribute(
          "sources", expected: "\"indices\", \"rows\" or \"positions\", joined by commas",
          found: .string(words))
      }
      sources.append(source)
    }
    try self.init(
      sources, weight: try attributes.bool("weight"), bias: try attributes.bool("bias"),
      epsilon: try attributes.double("epsilon"))
  }

  public var attributes: Attributes {
    [
      "weight": .bool(hasWeight), "bias": .bool(hasBias),
      "sources": .string(sources.map(\.rawValue).joined(separator: ",")),
      "epsilon": .double(epsilon),
    ]
  }

  /// The position of the first operand of each source.
  var sourcePositions: [Int] {
    sources.indices.map { sources[..<$0].reduce(0) { $0 + $1.operandCount } }
  }

  private var sourceOperands: Int { sources.reduce(0) { $0 + $1.operandCount } }

  /// The position of the weight, where there is one.
  var weightPosition: Int? { hasWeight ? sourceOperands : nil }

  /// The position of the bias, where there is one.
  var biasPosition: Int? { hasBias ? sourceOperands + (hasWeight ? 1 : 0) : nil }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: sourceOperands + (hasWeight ? 1 : 0) + (hasBias ? 1 : 0))
    var result = Shape()
    for (source, at) in zip(sources, sourcePositions) {
      try operands.checkReal(at)
      if source == .rows {
        try operands.check(at, rankAtLeast: 1)
      } else {
        try operands.check(at, rank: 2)
      }
      if source == .indices { try operands.check(at + 1, dtypes: [.i32, .i64]) }
      guard let own = source.shape(operands, at) else { continue }
      guard let next = result.broadcast(with: own) else {
        throw .shape(operand: at, rule: "sources of one shape")
      }
      result = next
    }
    for (source, at) in zip(sources, sourcePositions) {
      try check(source, operands, at, result)
    }
    for position in [weightPosition, biasPosition].compactMap({ $0 }) {
      try operands.checkReal(position)
      guard operands[position].shape == Shape([result.dims[result.rank - 1]]) else {
        throw .shape(operand: position, rule: "an element for each of the sources' last axis")
      }
    }
    return [TensorType(.f32, result)]
  }

  private func check(
    _ source: Source, _ operands: [TensorType], _ at: Int, _ result: Shape
  ) throws(OpError) {
    switch source {
    case .indices:
      guard source.shape(operands, at) == result else {
        throw .shape(operand: at + 1, rule: "indices for each position of the result")
      }
    case .rows:
      guard operands[at].shape.repeats(into: result) else {
        throw .shape(operand: at, rule: "rows whose shape ends the result's")
      }
    case .positions:
      guard result.rank >= 2, operands[at].extent(-1) == result.dims[result.rank - 1] else {
        throw .shape(operand: at, rule: "a table as wide as the result")
      }
      let positions = result.dims[result.rank - 2]
      if operands[at].extent(0).isKnownLess(than: positions) {
        throw .shape(operand: at, rule: "a table of at least \(positions) positions")
      }
    }
  }
}

extension Shape {
  /// Whether a tensor of this shape, but for leading ones, ends `other`: repeated, it fills it.
  func repeats(into other: Shape) -> Bool {
    let own = dims.drop { $0 == 1 }
    return own.count <= other.rank && Array(own) == Array(other.dims.suffix(own.count))
  }
}

extension EmbeddingNorm: Costed {
  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    saturatingProduct((results[0].shape.values ?? [0]) + [6 + sources.count])
  }

  public func bytesRead(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    var types: [TensorType] = []
    for (source, at) in zip(sources, sourcePositions) {
      switch source {
      case .indices:
        types += [operands[at + 1], TensorType(operands[at].dtype, results[0].shape)]
      case .rows: types.append(operands[at])
      case .positions:
        types.append(
          TensorType(operands[at].dtype, Shape(Array(results[0].shape.dims.suffix(2)))))
      }
    }
    return Cost.byteCount(types)
  }
}

extension EmbeddingNorm: RowReading {
  public func rowsRead(ofOperand i: Int, _ operands: [TensorType]) -> RowsRead {
    guard let source = sourcePositions.firstIndex(of: i) else { return .all }
    switch sources[source] {
    case .indices: return .picked(saturatingProduct(operands[i + 1].shape.values ?? []))
    case .rows: return .all
    case .positions:
      let shape = (try? resultTypes(operands))?.first?.shape
      return shape?.dims.dropLast().last?.value.map { .first($0) } ?? .all
    }
  }
}
