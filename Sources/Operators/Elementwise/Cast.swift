import IR
import Tensors

/// Elements converted to another type.
///
/// Reals are rounded to nearest; to integers they are truncated toward zero and clamped, and NaN
/// gives 0. Integers wrap. Bool is whether an element isn't 0.
public struct Cast: ElementwiseOp {
  public static let signature = OpSignature.unary(
    "cast", "Elements converted to another type.", attributes: [.init("dtype", .dtype)])

  /// The type of the result.
  public let dtype: DType

  /// A conversion to `dtype`.
  public init(to dtype: DType) { self.dtype = dtype }

  public init(_ attributes: Attributes) throws(OpError) { dtype = try attributes.dtype("dtype") }

  public var attributes: Attributes { ["dtype": .dtype(dtype)] }

  public var function: ScalarFunction { .conversion(to: dtype) }

  /// A conversion to the same type is none.
  public func equivalent(of node: Node, in graph: Graph) -> ValueID? { node.operands[0] }
}
