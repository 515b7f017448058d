import Tensors

/// An operation: a value type whose stored properties are its attributes.
///
/// This is all that an op must have. What more it can do it says by conforming to capabilities:
/// ``Evaluable`` (the reference), ``Costed``, ``Viewing``, ``InPlace``, ``Canonicalizable`` here,
/// and kernels in the compiler. Nothing asks for an op by its name.
public protocol Op: Sendable {
  /// Name, operands and attributes as the graph language writes them.
  static var signature: OpSignature { get }

  /// The signature of this very op: the type's, unless one type serves ops of many names.
  var signature: OpSignature { get }

  /// Reads the attributes, which were checked against ``signature`` and completed with defaults.
  init(_ attributes: Attributes) throws(OpError)

  /// The attributes that make an equal op again.
  var attributes: Attributes { get }

  /// The same op with other attributes, which were checked against ``signature``.
  func replacing(_ attributes: Attributes) throws(OpError) -> Self

  /// The types of the results for operands of these types, or why there are none.
  ///
  /// Extents may be symbolic. The same function checks the concrete types once symbols are bound.
  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType]
}

extension Op {
  /// The op's name, such as `layer_norm`.
  public static var name: String { signature.name }

  /// The type's signature.
  public var signature: OpSignature { Self.signature }

  /// The op's name, such as `layer_norm`.
  public var name: String { signature.name }

  /// The type made from other attributes.
  public func replacing(_ attributes: Attributes) throws(OpError) -> Self { try Self(attributes) }

  /// Whether `other` is the same op with the same attributes.
  public func isEqual(to other: any Op) -> Bool {
    type(of: other) == Self.self && name == other.name && attributes == other.attributes
  }

  /// The op with the symbols that `bindings` names replaced in its attributes.
  public func substituting(_ bindings: Bindings) throws(OpError) -> Self {
    let attributes = self.attributes
    guard attributes.areSymbolic else { return self }
    let bound = try attributes.substituting(bindings)
    return bound == attributes ? self : try replacing(bound)
  }
}
