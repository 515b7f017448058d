import CKernels
import Compiler
import Executor
import IR
import Tensors

/// Where the largest element along an axis stands, as i32: the first of equals, and the first NaN
/// where there is one.
public struct ArgMax: KernelProviding, Evaluable, Costed {
  public static let signature = OpSignature(
    "argmax", "Where the largest element along an axis stands: the first of equals.",
    category: .reduction, operands: [.required("x")],
    attributes: [
      .init("axis", .int, default: .int(-1)), .init("keep", .bool, default: .bool(false)),
    ])

  /// The axis; a negative one counts from the last.
  public let axis: Int
  /// Whether the axis stays with extent 1.
  public let keep: Bool

  /// The place of the largest along `axis`.
  public init(axis: Int = -1, keep: Bool = false) {
    self.axis = axis
    self.keep = keep
  }

  public init(_ attributes: Attributes) throws(OpError) {
    axis = try attributes.int("axis")
    keep = try attributes.bool("keep")
  }

  public var attributes: Attributes { ["axis": .int(axis), "keep": .bool(keep)] }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 1)
    let x = operands[0]
    try operands.check(0, dtypes: DType.numbers)
    let axis = try x.axis(axis)
    return [TensorType(.i32, x.shape.reduced([axis], keep: keep))]
  }

  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let x = operands[0]
    let type = try resultTypes([x.type])[0]
    let split = AxisSplit(x.dims, reducing: [try x.type.axis(axis)])
    let results = split.kept.map { base in
      var best = 0
      for (i, offset) in split.reduced.enumerated() {
        let (a, b) = (base + offset, base + split.reduced[best])
        let larger =
          x.dtype.isInteger
          ? x.integer(at: a) > x.integer(at: b)
          : ElementOrder.isBefore(x.double(at: a), x.double(at: b))
        if larger { best = i }
      }
      return best
    }
    return [try Tensor(.i32, dims: type.shape.values ?? [], integers: results)]
  }

  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    operands[0].elements
  }

  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    guard let axis = try? request.operands[0].axis(axis) else {
      throw .unsupported(op: name, operands: request.operands)
    }
    let kernel: any Kernel =
      RowArgMaxKernel(request, axis: axis) ?? StridedArgMaxKernel(request, axis: axis)
    return KernelBinding(kernel, operands: [0])
  }
}

/// The order in which the largest come first: NaN before all numbers.
enum ElementOrder {
  /// Whether `a` comes before `b`.
  @inline(__always)
  static func isBefore(_ a: Double, _ b: Double) -> Bool { a > b || (a.isNaN && !b.isNaN) }

  /// Whether `a` comes before `b`.
  @inline(__always)
  static func isBefore(_ a: Int, _ b: Int) -> Bool { a > b }
}

/// Rows of f32, in C.
private struct RowArgMaxKernel: Kernel {
  let name: String
  private let argmax: @convention(c) (UnsafePointer<weft_argmax_args>?, Int, Int) -> Void
  private let width: Int
  private let grid: TileGrid

  /// The kernel, or nil where the elements aren't f32 or don't lie in rows.
  init?(_ request: KernelRequest, axis: Int) {
    let dims = request.dims(ofOperand: 0)
    guard request.operands[0].dtype == .f32, dims[axis] > 0,
      dims[(axis + 1)...].allSatisfy({ $0 == 1 })
    else { return nil }
    argmax = request.table.functions.pointee.argmax
    width = dims[axis]
    grid = TileGrid(
      rows: dims[..<axis].reduce(1, *), columns: 1,
      elements: max(1, TileGrid.standardElements / width))
    name = "f32-argmax-\(request.table.name)"
  }

  var tiles: Int { grid.tiles }

  func run(tiles: Range<Int>, io: KernelIO) {
    var args = weft_argmax_args()
    args.x = UnsafePointer(io[0].assumingMemoryBound(to: Float.self))
    args.width = width
    args.out = io[1]
    args.wide = false
    for tile in tiles {
      let rows = grid.block(tile).rows
      argmax(&args, rows.lowerBound, rows.upperBound)
    }
  }
}

/// Any axis of any type, in Swift.
private struct StridedArgMaxKernel: Kernel {
  let name: String
  private let dtype: DType
  private let walk: StridedWalk

  init(_ request: KernelRequest, axis: Int) {
    dtype = request.operands[0].dtype
    walk = StridedWalk(request.dims(ofOperand: 0), reducing: [axis])
    name = "\(dtype)-argmax-strided"
  }

  var tiles: Int { walk.grid.tiles }

  func run(tiles: Range<Int>, io: KernelIO) {
    let out = io[1].assumingMemoryBound(to: Int32.self)
    for tile in tiles {
      let outputs = walk.grid.block(tile).rows
      let real = ElementAccess.withReals(dtype, io[0]) { read in
        for output in outputs {
          out[output] = first(from: walk.start(of: output), read, ElementOrder.isBefore)
        }
      }
      if real { continue }
      ElementAccess.withIntegers(dtype, io[0]) { read in
        for output in outputs {
          out[output] = first(from: walk.start(of: output), read, ElementOrder.isBefore)
        }
      }
    }
  }

  /// The place of the first element that no other comes before.
  @inline(__always)
  private func first<T>(from start: Int, _ read: (Int) -> T, _ isBefore: (T, T) -> Bool) -> Int32 {
    if walk.count == 0 { return 0 }
    var best = read(start)
    var (at, i) = (0, 0)
    walk.forEach(from: start) { position in
      let value = read(position)
      if isBefore(value, best) {
        best = value
        at = i
      }
      i += 1
    }
    return Int32(truncatingIfNeeded: at)
  }
}
