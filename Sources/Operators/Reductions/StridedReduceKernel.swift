import Compiler
import Executor
import Tensors

/// A reduction along any axes of any type, in Swift: reals in Double, integers in Int.
struct StridedReduceKernel: Kernel {
  let name: String
  private let reduction: Reduction
  private let dtype: DType
  private let walk: StridedWalk

  init(_ reduction: Reduction, _ request: KernelRequest, axes: [Int]) {
    self.reduction = reduction
    dtype = request.operands[0].dtype
    walk = StridedWalk(request.dims(ofOperand: 0), reducing: axes)
    name = "\(dtype)-reduce_\(reduction)-strided"
  }

  var tiles: Int { walk.grid.tiles }

  func run(tiles: Range<Int>, io: KernelIO) {
    let out = io[1]
    for tile in tiles {
      let outputs = walk.grid.block(tile).rows
      let real = ElementAccess.withReals(dtype, io[0]) { read in
        let divisor = reduction == .mean ? Double(walk.count) : 1
        for output in outputs {
          var result = reduction.realStart
          walk.forEach(from: walk.start(of: output)) {
            result = reduction.combine(result, read($0))
          }
          ElementAccess.store(result / divisor, dtype, out, output)
        }
      }
      if real { continue }
      ElementAccess.withIntegers(dtype, io[0]) { read in
        for output in outputs {
          var result = reduction.integerStart
          walk.forEach(from: walk.start(of: output)) {
            result = reduction.combine(result, read($0))
          }
          ElementAccess.store(result, dtype, out, output)
        }
      }
    }
  }
}
