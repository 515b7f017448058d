import Compiler
import IR
import Tensors

/// The elements `start ..< end` along one axis.
public struct Slice: KernelProviding, Evaluable, Viewing, Int8Preserving, BlocksPreserving,
  Canonicalizable
{
  public static let signature = OpSignature(
    "slice", "The elements start ..< end along one axis.", category: .movement,
    operands: [.required("x")],
    attributes: [.init("axis", .int), .init("start", .dim), .init("end", .dim)])

  /// The axis; a negative one counts from the last.
  public let axis: Int
  /// The first element.
  public let start: Dim
  /// Just after the last element.
  public let end: Dim

  /// The elements `start ..< end` along `axis`.
  public init(axis: Int, start: Dim, end: Dim) {
    self.axis = axis
    self.start = start
    self.end = end
  }

  public init(_ attributes: Attributes) throws(OpError) {
    axis = try attributes.int("axis")
    start = try attributes.dim("start")
    end = try attributes.dim("end")
  }

  public var attributes: Attributes {
    ["axis": .int(axis), "start": .dim(start), "end": .dim(end)]
  }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 1)
    var result = operands[0]
    let axis = try result.axis(axis)
    let extent = result.shape.dims[axis]
    let length: Dim
    do { length = try end.subtracting(start) } catch { throw .dim(error) }
    if let start = start.value, start < 0 {
      throw .attributeRange("start", rule: "\(start) is below 0")
    }
    if let length = length.value, length < 1 {
      throw .attributeRange("end", rule: "\(end) isn't above \(start), where the slice starts")
    }
    if let end = end.value, let extent = extent.value, end > extent {
      throw .attributeRange("end", rule: "\(end) is above \(extent), the extent of axis \(axis)")
    }
    result.shape.dims[axis] = length
    return [result]
  }

  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let type = try resultTypes(operands.map(\.type))[0]
    let strides = Strides.dense(operands[0].dims)
    let start = (start.value ?? 0) * strides[try operands[0].type.axis(axis)]
    return [
      try operands[0].viewing(dims: type.shape.values ?? [], strides: strides, start: start)
    ]
  }

  /// A view where every axis before the sliced one has extent 1.
  public func viewOffset(_ operands: [TensorType], _ result: TensorType) -> Int? {
    guard let axis = try? operands[0].axis(axis), let start = start.value,
      let dims = operands[0].shape.values, dims[..<axis].allSatisfy({ $0 == 1 })
    else { return nil }
    return start * Strides.dense(dims)[axis]
  }

  public func part(of matrix: Int8Matrix) throws(TensorError) -> Int8Matrix? {
    guard let start = start.value, let end = end.value, start >= 0, start <= end else { return nil }
    switch axis {
    case 0, -2: return end <= matrix.rows ? try matrix.rows(start..<end) : nil
    case 1, -1: return end <= matrix.columns ? try matrix.columns(start..<end) : nil
    default: return nil
    }
  }

  public func part(of matrix: BlockMatrix) throws(TensorError) -> BlockMatrix? {
    let stored = matrix.isTransposed ? 1 : 0
    guard axis == stored || axis == stored - 2, let start = start.value, let end = end.value,
      start >= 0, start <= end, end <= matrix.rows
    else { return nil }
    return try matrix.rows(start..<end)
  }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    guard let axis = try? request.operands[0].axis(axis), let start = start.value else {
      throw .unsupported(op: name, operands: request.operands)
    }
    let strides = Strides.dense(request.dims(ofOperand: 0))
    let kernel = StridedCopyKernel(name, request, strides: strides, start: start * strides[axis])
    return KernelBinding(kernel, operands: [0])
  }

  /// A slice of the whole axis is dropped; one of a slice of the same axis skips the first.
  public func canonicalized(_ node: Node, in graph: Graph) throws(OpError) -> Patch? {
    var patch = Patch(rewriting: [node])
    let x = node.operands[0]
    let type = graph.type(of: x)
    if start == 0, type == graph.type(of: node.results[0]) {
      patch.replace(node.results[0], with: x)
      return patch
    }
    guard let inner = graph.producer(of: x), let first = inner.op as? Slice,
      try first.axisIndex(type) == axisIndex(type)
    else { return nil }
    do {
      let merged = Slice(
        axis: axis, start: try first.start.adding(start), end: try first.start.adding(end))
      patch.replace(node, with: try patch.add(merged, [inner.operands[0]], in: graph))
      return patch
    } catch let error as DimError {
      throw .dim(error)
    } catch let error as OpError {
      throw error
    } catch {
      return nil
    }
  }

  private func axisIndex(_ x: TensorType) throws(OpError) -> Int { try x.axis(axis) }
}
