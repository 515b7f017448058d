import Tensors

/// How ops of one name are made: what a table of ops holds.
///
/// A Swift op is its type. An op that comes from elsewhere, such as a plugin in C, has no type of its
/// own: many definitions then make values of one type, which differ in their ``Op/signature``.
public struct OpDefinition: Sendable {
  /// Name, operands and attributes as the graph language writes them.
  public let signature: OpSignature
  private let remake: @Sendable (Attributes) throws(OpError) -> any Op

  /// The definition of a Swift op.
  public init(_ type: any Op.Type) {
    signature = type.signature
    remake = { attributes throws(OpError) in try type.init(attributes) }
  }

  /// A definition that calls `make` with attributes that were checked against `signature` and
  /// completed with defaults; the op must have that signature.
  public init(
    _ signature: OpSignature, make: @escaping @Sendable (Attributes) throws(OpError) -> any Op
  ) {
    self.signature = signature
    remake = make
  }

  /// The name in graph files and dumps.
  public var name: String { signature.name }

  /// An op from given attributes: checked against the signature, completed with defaults.
  public func make(_ given: Attributes) throws(OpError) -> any Op {
    try remake(signature.completing(given))
  }
}
