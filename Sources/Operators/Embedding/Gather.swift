import Compiler
import IR
import Tensors

/// Slices of x picked along one axis: y[i…, j…, k…] = x[i…, indices[j…], k…].
///
/// x [outer..., n, inner...], indices i32 or i64 [...] → outer... + indices' shape + inner..., of x's
/// element type. An index outside the axis fails the run.
public struct Gather: Op {
  public static let signature = OpSignature(
    "gather", "Slices of x picked by indices along an axis.", category: .embedding,
    operands: [.required("x"), .required("indices")],
    attributes: [.init("axis", .int, default: .int(0))])

  /// The axis; a negative one counts from the last.
  public var axis: Int

  /// Slices along `axis`.
  public init(axis: Int = 0) { self.axis = axis }

  public init(_ attributes: Attributes) throws(OpError) { axis = try attributes.int("axis") }

  public var attributes: Attributes { ["axis": .int(axis)] }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 2)
    let x = try operands.check(0, rankAtLeast: 1)
    try operands.check(1, dtypes: [.i32, .i64])
    let axis = try x.axis(axis)
    var dims = x.shape.dims
    dims.replaceSubrange(axis...axis, with: operands[1].shape.dims)
    return [TensorType(x.dtype, Shape(dims))]
  }
}

extension Gather: Costed {
  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int { 0 }

  public func bytesRead(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    Cost.byteCount([operands[1], results[0]])
  }
}

extension Gather: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let type = try resultTypes(operands.map(\.type))[0]
    let axis = try operands[0].type.axis(axis)
    let indices = try operands[1].checkedIndices(rows: operands[0].dims[axis])
    return [
      try Tensor.gathering(
        type.dtype, dims: type.shape.values ?? [], from: operands[0],
        outer: operands[0].dims[..<axis].reduce(1, *), indices: indices)
    ]
  }
}

extension Gather: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    let axis = axis < 0 ? axis + request.operands[0].rank : axis
    return try GatherKernel.binding(request, op: name, axis: axis, widened: nil)
  }
}
