import IR

/// Zeroes a share of the elements in training. A run of a graph is inference: x itself.
///
/// Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting".
public struct Dropout: ElementwiseOp {
  public static let signature = OpSignature.unary(
    "dropout", "Zeroes a share of the elements in training; x itself at inference.",
    attributes: [.init("rate", .double)])

  /// The share of elements that training zeroes, 0 ..< 1.
  public let rate: Double

  public init(_ attributes: Attributes) throws(OpError) {
    rate = try attributes.double("rate")
    guard (0..<1).contains(rate) else {
      throw .attributeRange("rate", rule: "\(rate) isn't at least 0 and below 1")
    }
  }

  public var attributes: Attributes { ["rate": .double(rate)] }

  public var function: ScalarFunction { .identity }

  public func equivalent(of node: Node, in graph: Graph) -> ValueID? { node.operands[0] }
}
