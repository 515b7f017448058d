import IR

/// An op without attributes.
public protocol PlainOp: Op {
  /// The op.
  init()
}

extension PlainOp {
  public init(_ attributes: Attributes) throws(OpError) { self.init() }

  public var attributes: Attributes { [:] }
}

extension Op {
  /// Refuses another number of operands than `count`.
  func require(_ count: Int, _ found: Int) throws(OpError) {
    if found != count {
      throw .operandCount(expected: count == 1 ? "1 operand" : "\(count) operands", found: found)
    }
  }
}
