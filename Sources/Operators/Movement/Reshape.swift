import Compiler
import IR
import Tensors

/// The same elements, in row-major order, under other extents: always a view.
public struct Reshape: KernelProviding, Evaluable, Viewing, Canonicalizable {
  public static let signature = OpSignature(
    "reshape", "The same elements, in row-major order, under other extents.",
    category: .movement, operands: [.required("x")], attributes: [.init("shape", .dims)])

  /// The extents of the result.
  public let shape: Shape

  /// A reshape to `shape`.
  public init(to shape: Shape) { self.shape = shape }

  public init(_ attributes: Attributes) throws(OpError) {
    shape = Shape(try attributes.dims("shape"))
  }

  public var attributes: Attributes { ["shape": .dims(shape.dims)] }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 1)
    try shape.requirePositive("shape")
    let (old, new): (Dim, Dim)
    do {
      old = try operands[0].shape.elementCount()
      new = try shape.elementCount()
    } catch {
      throw .dim(error)
    }
    guard old == new else {
      throw .attributeRange(
        "shape", rule: "\(shape) holds \(new) elements, \(operands[0].shape) holds \(old)")
    }
    return [TensorType(operands[0].dtype, shape)]
  }

  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let type = try resultTypes(operands.map(\.type))[0]
    return [try operands[0].reshaped(to: type.shape.values ?? [])]
  }

  public func viewOffset(_ operands: [TensorType], _ result: TensorType) -> Int? { 0 }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    let strides = Strides.dense(request.dims(ofResult: 0))
    return KernelBinding(StridedCopyKernel(name, request, strides: strides), operands: [0])
  }

  /// A reshape to the same extents is dropped; one of a reshape skips the first.
  public func canonicalized(_ node: Node, in graph: Graph) throws(OpError) -> Patch? {
    var patch = Patch(rewriting: [node])
    let x = node.operands[0]
    if graph.type(of: x).shape == shape {
      patch.replace(node.results[0], with: x)
      return patch
    }
    guard let inner = graph.producer(of: x), inner.op is Reshape else { return nil }
    patch.replace(node, with: try patch.add(self, [inner.operands[0]], in: graph))
    return patch
  }
}
