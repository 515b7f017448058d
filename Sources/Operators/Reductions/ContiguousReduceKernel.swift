import CKernels
import Compiler
import Executor
import Tensors

/// A reduction of f32 seen as [outer, axis, inner], in C.
struct ContiguousReduceKernel: Kernel {
  let name: String
  private let reduce: @convention(c) (UnsafePointer<weft_reduce_args>?, Int, Int) -> Void
  private let reduction: Reduction
  private let extents: MiddleAxis
  private let grid: TileGrid

  /// The kernel, or nil where the elements aren't f32 or the reduced axes aren't neighbors.
  init?(_ reduction: Reduction, _ request: KernelRequest, axes: [Int]) {
    guard request.operands[0].dtype == .f32,
      let extents = MiddleAxis(request.dims(ofOperand: 0), reducing: axes)
    else { return nil }
    reduce = request.table.functions.pointee.reduce
    self.reduction = reduction
    self.extents = extents
    grid = TileGrid(
      rows: extents.outer * extents.inner, columns: 1,
      elements: max(1, TileGrid.standardElements / max(extents.axis, 1)))
    name = "f32-reduce_\(reduction)-\(request.table.name)"
  }

  var tiles: Int { grid.tiles }

  func run(tiles: Range<Int>, io: KernelIO) {
    var args = weft_reduce_args()
    args.reduction = reduction.kernelReduction
    args.x = UnsafePointer(io[0].assumingMemoryBound(to: Float.self))
    args.out = io[1].assumingMemoryBound(to: Float.self)
    args.outer = extents.outer
    args.axis = extents.axis
    args.inner = extents.inner
    for tile in tiles {
      let outputs = grid.block(tile).rows
      reduce(&args, outputs.lowerBound, outputs.upperBound)
    }
  }
}

/// A shape seen as [outer, axis, inner], where the middle is reduced.
struct MiddleAxis: Sendable {
  /// Extents before, of, and after the reduced axes.
  let outer: Int, axis: Int, inner: Int

  /// The view of `dims`, or nil where other axes stand between the reduced ones. Axes of extent 1
  /// stand nowhere.
  init?(_ dims: [Int], reducing axes: [Int]) {
    let reduced = axes.filter { dims[$0] != 1 }
    guard let first = reduced.first, let last = reduced.last else {
      (outer, axis, inner) = (dims.reduce(1, *), 1, 1)
      return
    }
    guard (first...last).allSatisfy({ dims[$0] == 1 || reduced.contains($0) }) else { return nil }
    outer = dims[..<first].reduce(1, *)
    axis = dims[first...last].reduce(1, *)
    inner = dims[(last + 1)...].reduce(1, *)
  }
}
