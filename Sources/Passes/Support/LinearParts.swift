import IR
import Operators

/// A linear node taken apart, so that parts can be added and the node put together again.
struct LinearParts {
  let node: Node
  /// The op; which operands it has follows from the parts below.
  private var base: Linear
  var x: ValueID
  var weight: ValueID
  var bias: ValueID?
  var multiplier: ValueID?
  var residual: ValueID?

  init(_ node: Node, _ op: Linear) {
    self.node = node
    base = op
    x = node.operands[0]
    weight = node.operands[1]
    bias = op.biasPosition.map { node.operands[$0] }
    multiplier = op.multiplierPosition.map { node.operands[$0] }
    residual = op.residualPosition.map { node.operands[$0] }
  }

  /// The op for the parts that there are.
  var op: Linear {
    get {
      var op = base
      op.hasBias = bias != nil
      op.hasMultiplier = multiplier != nil
      op.hasResidual = residual != nil
      return op
    }
    set { base = newValue }
  }

  /// The operands in the op's order.
  var operands: [ValueID] {
    [x, weight] + [bias, multiplier, residual].compactMap { $0 }
  }

  /// Whether nothing happens to the product but a bias.
  var isPlain: Bool {
    base.activation == .none && base.scale == 1 && multiplier == nil && residual == nil
  }

  /// Adds a bias, where none is there and nothing comes before it.
  mutating func addBias(_ value: ValueID) -> Bool {
    guard bias == nil, base.activation == .none, multiplier == nil, residual == nil else {
      return false
    }
    bias = value
    return true
  }

  /// Multiplies the product, where nothing comes before the factor.
  mutating func scale(by factor: Double) -> Bool {
    guard bias == nil, base.activation == .none, multiplier == nil, residual == nil else {
      return false
    }
    base.scale *= factor
    return true
  }
}
