import Tensors

/// How ops of one name are made: what a table of ops holds.
///
/// A Swift op is its type. An op that comes from elsewhere, such as a plugin in C, has no type of its
/// own: many definitions then make values of one type, which differ in their ``Op/signature``.
public struct OpDefinition: Sendable {
  /// Name, operands and attributes as the graph language writes them.
  public let signature: OpSignature
  private let remake: @Sendable (Attributes, OpTable) throws(OpError) -> any Op

  /// The definition of a Swift op.
  public init(_ type: any Op.Type) {
    signature = type.signature
    if let type = type as? any OpOfOps.Type {
      remake = { attributes, ops throws(OpError) in try type.init(attributes, ops: ops) }
    } else {
      remake = { attributes, _ throws(OpError) in try type.init(attributes) }
    }
  }

  /// A definition that calls `make` with attributes that were checked against `signature` and
  /// completed with defaults; the op must have that signature.
  public init(
    _ signature: OpSignature, make: @escaping @Sendable (Attributes) throws(OpError) -> any Op
  ) {
    self.signature = signature
    remake = { attributes, _ throws(OpError) in try make(attributes) }
  }

  /// The name in graph files and dumps.
  public var name: String { signature.name }

  /// An op from given attributes: checked against the signature, completed with defaults.
  ///
  /// - Parameter ops: the ops that an attribute may name, beside those that Weft ships.
  public func make(_ given: Attributes, ops: OpTable = .empty) throws(OpError) -> any Op {
    try remake(signature.completing(given), ops)
  }
}

/// An op whose attributes name other ops, which the table that makes it has.
public protocol OpOfOps: Op {
  /// The op of attributes that are complete, with ops of `ops` and those that Weft ships.
  init(_ attributes: Attributes, ops: OpTable) throws(OpError)
}
