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
