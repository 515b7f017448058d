import Executor
import Tensors

/// Writes a run of numbers. Integers are clamped to their type, reals rounded.
struct IotaKernel: Kernel {
  let dtype: DType
  let start: Int
  private let grid: TileGrid

  init(dtype: DType, count: Int, start: Int) {
    self.dtype = dtype
    self.start = start
    grid = TileGrid(rows: 1, columns: count)
  }

  var name: String { "\(dtype)-iota" }

  var tiles: Int { grid.tiles }

  func run(tiles: Range<Int>, io: KernelIO) {
    for tile in tiles {
      let columns = grid.block(tile).columns
      switch dtype {
      case .f32: fill(columns, io) { Float($0) }
      case .f16: fill(columns, io) { HalfPrecision.binary16(Double($0)) }
      case .bf16: fill(columns, io) { HalfPrecision.bfloat16(Double($0)) }
      case .i32: fill(columns, io) { Int32(clamping: $0) }
      case .i64: fill(columns, io) { Int64($0) }
      case .bool: fill(columns, io) { UInt8($0 == 0 ? 0 : 1) }
      }
    }
  }

  @inline(__always)
  private func fill<T>(_ columns: Range<Int>, _ io: KernelIO, _ number: (Int) -> T) {
    let out = io[0].assumingMemoryBound(to: T.self)
    for i in columns { out[i] = number(start &+ i) }
  }
}
