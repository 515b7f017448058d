import Compiler
import Executor
import Tensors

/// Keeps the best places of a row sorted while it walks over it, in Swift.
///
/// An element that isn't among the best so far costs one comparison, which is nearly all of them.
struct TopKKernel: Kernel {
  let name: String
  private let dtype: DType
  private let width: Int
  private let k: Int
  private let grid: TileGrid

  init(_ request: KernelRequest, k: Int) {
    let dims = request.dims(ofOperand: 0)
    dtype = request.operands[0].dtype
    self.k = k
    width = dims[dims.count - 1]
    grid = TileGrid(
      rows: dims.dropLast().reduce(1, *), columns: 1,
      elements: max(1, TileGrid.standardElements / max(width, 1)))
    name = "\(dtype)-top_k"
  }

  var tiles: Int { grid.tiles }

  func run(tiles: Range<Int>, io: KernelIO) {
    let places = io[2].assumingMemoryBound(to: Int32.self)
    for tile in tiles {
      for row in grid.block(tile).rows {
        let best = places + row * k
        let real = ElementAccess.withReals(dtype, io[0]) { read in
          select(best) {
            read(row * width + $0)
          } isBefore: {
            ElementOrder.isBefore($0, $1)
          }
        }
        if !real {
          ElementAccess.withIntegers(dtype, io[0]) { read in
            select(best) {
              read(row * width + $0)
            } isBefore: {
              ElementOrder.isBefore($0, $1)
            }
          }
        }
        let size = dtype.byteCount
        for i in 0..<k {
          (io[1] + (row * k + i) * size).copyMemory(
            from: io[0] + (row * width + Int(best[i])) * size, byteCount: size)
        }
      }
    }
  }

  /// Writes the places of the best `k` elements of a row, best first.
  @inline(__always)
  private func select<T>(
    _ best: UnsafeMutablePointer<Int32>, _ read: (Int) -> T, isBefore: (T, T) -> Bool
  ) {
    var found = 0
    for i in 0..<width {
      let value = read(i)
      if found == k, !isBefore(value, read(Int(best[k - 1]))) { continue }
      var at = found == k ? k - 1 : found
      while at > 0, isBefore(value, read(Int(best[at - 1]))) {
        best[at] = best[at - 1]
        at -= 1
      }
      best[at] = Int32(truncatingIfNeeded: i)
      found = min(found + 1, k)
    }
  }
}
