import Compiler
import IR
import Tensors

/// x repeated to other extents: axes are aligned at the right, and an extent of 1 stretches.
public struct Broadcast: KernelProviding, Evaluable, Viewing, Canonicalizable {
  public static let signature = OpSignature(
    "broadcast", "x repeated to other extents; axes are aligned at the right.",
    category: .movement, operands: [.required("x")], attributes: [.init("shape", .dims)])

  /// The extents of the result.
  public let shape: Shape

  /// A broadcast to `shape`.
  public init(to shape: Shape) { self.shape = shape }

  public init(_ attributes: Attributes) throws(OpError) {
    shape = Shape(try attributes.dims("shape"))
  }

  public var attributes: Attributes { ["shape": .dims(shape.dims)] }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 1)
    try shape.requirePositive("shape")
    guard operands[0].shape.broadcast(with: shape) == shape else {
      throw .attributeRange("shape", rule: "\(operands[0].shape) doesn't broadcast to \(shape)")
    }
    return [TensorType(operands[0].dtype, shape)]
  }

  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let dims = try resultTypes(operands.map(\.type))[0].shape.values ?? []
    let strides = Strides.broadcasting(operands[0].dims, to: dims)
    return [try operands[0].viewing(dims: dims, strides: strides)]
  }

  /// A view where only axes of extent 1 are added.
  public func viewOffset(_ operands: [TensorType], _ result: TensorType) -> Int? {
    operands[0].elements == result.elements ? 0 : nil
  }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    let strides = Strides.broadcasting(
      request.dims(ofOperand: 0), to: request.dims(ofResult: 0))
    return KernelBinding(StridedCopyKernel(name, request, strides: strides), operands: [0])
  }

  /// A broadcast to the same extents is dropped; one of a broadcast skips the first.
  public func canonicalized(_ node: Node, in graph: Graph) throws(OpError) -> Patch? {
    var patch = Patch(rewriting: [node])
    let x = node.operands[0]
    if graph.type(of: x).shape == shape {
      patch.replace(node.results[0], with: x)
      return patch
    }
    guard let inner = graph.producer(of: x), inner.op is Broadcast else { return nil }
    patch.replace(node, with: try patch.add(self, [inner.operands[0]], in: graph))
    return patch
  }
}
