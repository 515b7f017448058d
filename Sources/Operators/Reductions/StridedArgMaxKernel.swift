import Compiler
import Executor
import Tensors

/// Where the largest element along any axis of any type stands, in Swift.
struct StridedArgMaxKernel: Kernel {
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
