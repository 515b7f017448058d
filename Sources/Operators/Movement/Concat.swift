import Compiler
import IR
import Tensors

/// Tensors one after the other along one axis; their other extents agree.
public struct Concat: KernelProviding, Evaluable, Canonicalizable {
  public static let signature = OpSignature(
    "concat", "Tensors one after the other along one axis.",
    category: .movement, operands: [.variadic("operands")], attributes: [.init("axis", .int)])

  /// The axis; a negative one counts from the last.
  public let axis: Int

  /// A concatenation along `axis`.
  public init(axis: Int) { self.axis = axis }

  public init(_ attributes: Attributes) throws(OpError) { axis = try attributes.int("axis") }

  public var attributes: Attributes { ["axis": .int(axis)] }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    guard var result = operands.first else {
      throw .operandCount(expected: "1 operand or more", found: 0)
    }
    let axis = try result.axis(axis)
    for (i, operand) in operands.enumerated().dropFirst() {
      if operand.dtype != result.dtype { throw .dtypesDiffer(0, i) }
      if operand.rank != result.rank { throw .rank(operand: i, expected: "\(result.rank)") }
      for other in 0..<result.rank where other != axis {
        if operand.shape.dims[other] != result.shape.dims[other] {
          throw .extents(
            rule: "extents that agree on every axis but \(axis)", .init(0, other),
            .init(i, other))
        }
      }
      do {
        result.shape.dims[axis] = try result.shape.dims[axis].adding(operand.shape.dims[axis])
      } catch {
        throw .dim(error)
      }
    }
    return [result]
  }

  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let type = try resultTypes(operands.map(\.type))[0]
    let axis = try type.axis(axis)
    let result = try Tensor(zeros: type.dtype, dims: type.shape.values ?? [])
    let rowBytes = result.dims[axis...].reduce(type.dtype.byteCount, *)
    var start = 0
    for operand in operands {
      let bytes = operand.dims[axis...].reduce(type.dtype.byteCount, *)
      for row in 0..<result.dims[..<axis].reduce(1, *) {
        (result.pointer + row * rowBytes + start)
          .copyMemory(from: operand.pointer + row * bytes, byteCount: bytes)
      }
      start += bytes
    }
    return [result]
  }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    guard let axis = try? request.results[0].axis(axis) else {
      throw .unsupported(op: name, operands: request.operands)
    }
    let kernel = ConcatKernel(request, axis: axis)
    return KernelBinding(kernel, operands: Array(request.operands.indices))
  }

  /// One tensor stays as it is.
  public func canonicalized(_ node: Node, in graph: Graph) throws(OpError) -> Patch? {
    guard node.operands.count == 1 else { return nil }
    var patch = Patch(rewriting: [node])
    patch.replace(node.results[0], with: node.operands[0])
    return patch
  }
}
