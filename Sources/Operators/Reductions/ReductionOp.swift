import Compiler
import Executor
import IR
import Tensors

/// An op that makes one element of all along some axes.
public protocol ReductionOp: KernelProviding, Evaluable, Costed {
  /// What is made of them.
  static var reduction: Reduction { get }
  /// The axes, negative ones counted from the last; empty for all.
  var axes: [Int] { get }
  /// Whether reduced axes stay with extent 1.
  var keep: Bool { get }
  /// The op on `axes`.
  init(axes: [Int], keep: Bool)
}

extension ReductionOp {
  public init(_ attributes: Attributes) throws(OpError) {
    self.init(axes: try attributes.ints("axes"), keep: try attributes.bool("keep"))
  }

  public var attributes: Attributes { ["axes": .ints(axes), "keep": .bool(keep)] }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 1)
    let x = operands[0]
    try operands.check(0, dtypes: Self.reduction.dtypes)
    return [TensorType(x.dtype, x.shape.reduced(try x.axes(axes), keep: keep))]
  }

  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let x = operands[0]
    let type = try resultTypes([x.type])[0]
    let split = try AxisSplit(x.dims, reducing: x.type.axes(axes))
    let reduction = Self.reduction
    let dims = type.shape.values ?? []
    if x.dtype.isInteger {
      let results = split.kept.map { base in
        split.reduced.reduce(reduction.integerStart) {
          reduction.combine($0, x.integer(at: base + $1))
        }
      }
      return [try Column.integers(results).wrapped(to: x.dtype).tensor(x.dtype, dims: dims)]
    }
    let divisor = reduction == .mean ? Double(split.reduced.count) : 1
    let results = split.kept.map { base in
      split.reduced.reduce(reduction.realStart) {
        reduction.combine($0, x.double(at: base + $1))
      } / divisor
    }
    return [try Tensor(x.dtype, dims: dims, doubles: results)]
  }

  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    operands[0].elements
  }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    guard let axes = try? request.operands[0].axes(axes) else {
      throw .unsupported(op: name, operands: request.operands)
    }
    let kernel: any Kernel =
      ContiguousReduceKernel(Self.reduction, request, axes: axes)
      ?? StridedReduceKernel(Self.reduction, request, axes: axes)
    return KernelBinding(kernel, operands: [0])
  }
}

extension OpSignature {
  /// A reduction along `axes`.
  static func reduction(_ name: String, _ summary: String) -> OpSignature {
    OpSignature(
      name, summary, category: .reduction, operands: [.required("x")],
      attributes: [
        .init("axes", .ints, default: .dims([])), .init("keep", .bool, default: .bool(false)),
      ])
  }
}

extension TensorType {
  /// `axes` counted from the first, sorted; all axes where none is named.
  func axes(_ axes: [Int]) throws(OpError) -> [Int] {
    if axes.isEmpty { return Array(0..<rank) }
    let counted = try axes.map { axis throws(OpError) in
      try self.axis(axis, attribute: "axes")
    }
    guard Set(counted).count == counted.count else {
      throw .attributeRange("axes", rule: "\(axes) names an axis twice")
    }
    return counted.sorted()
  }
}

extension Shape {
  /// The shape without `axes`, or with an extent of 1 in their place.
  func reduced(_ axes: [Int], keep: Bool) -> Shape {
    Shape(
      dims.indices.compactMap { axis in
        axes.contains(axis) ? (keep ? Dim(1) : nil) : dims[axis]
      })
  }
}

/// The positions of a dense array's elements, by axes that are reduced and axes that are kept.
struct AxisSplit {
  /// Where the elements of each result start, in the order of results.
  let kept: [Int]
  /// What is added to a start for each element that is reduced into it.
  let reduced: [Int]

  init(_ dims: [Int], reducing axes: [Int]) {
    let strides = Strides.dense(dims)
    func positions(_ chosen: [Int]) -> [Int] {
      chosen.reduce([0]) { positions, axis in
        positions.flatMap { at in (0..<dims[axis]).map { at + $0 * strides[axis] } }
      }
    }
    kept = positions(dims.indices.filter { !axes.contains($0) })
    reduced = positions(axes)
  }
}
