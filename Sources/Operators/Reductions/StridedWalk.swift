/// The walk of a reduction along any axes: for each result, where its elements are.
struct StridedWalk: Sendable {
  private let kept: LoopNest
  private let reduced: LoopNest
  /// How the results are cut into tiles.
  let grid: TileGrid

  /// The walk over a dense array of `dims`.
  init(_ dims: [Int], reducing axes: [Int]) {
    let strides = Strides.dense(dims)
    let keptAxes = dims.indices.filter { !axes.contains($0) }
    kept = LoopNest(keptAxes.map { dims[$0] }, strides: [keptAxes.map { strides[$0] }])
    reduced = LoopNest(axes.map { dims[$0] }, strides: [axes.map { strides[$0] }])
    grid = TileGrid(
      rows: kept.rows * kept.columns, columns: 1,
      elements: max(1, TileGrid.standardElements / max(reduced.rows * reduced.columns, 1)))
  }

  /// Elements in one result.
  var count: Int { reduced.rows * reduced.columns }

  /// Where the elements of result `output` start.
  @inline(__always)
  func start(of output: Int) -> Int {
    let (row, column) = output.quotientAndRemainder(dividingBy: kept.columns)
    return kept.offset(of: row, in: 0) + column * kept.columnStride(0)
  }

  /// Calls `body` with the position of each element of the result that starts at `start`.
  @inline(__always)
  func forEach(from start: Int, _ body: (Int) -> Void) {
    let stride = reduced.columnStride(0)
    for row in 0..<reduced.rows {
      var position = start + reduced.offset(of: row, in: 0)
      for _ in 0..<reduced.columns {
        body(position)
        position += stride
      }
    }
  }
}
