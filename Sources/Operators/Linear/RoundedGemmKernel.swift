import CKernels
import Compiler
import Executor
import Tensors

/// A matrix product whose left side is rounded to bytes, row by row, before it is multiplied.
protocol RoundedProduct: Sendable {
  /// A right side in the layout of the product.
  associatedtype Packed: Sendable

  /// Bytes of so many rounded rows.
  func roundedByteCount(rows: Int, depth: Int) -> Int
  /// Panel `i` of a right side.
  func panel(_ i: Int, of packed: Packed, depth: Int) -> UnsafeRawBufferPointer
  /// Rounds `count` rows of `depth` elements that stand one after the other.
  func round(
    _ x: UnsafePointer<Float>, count: Int, depth: Int, into rounded: UnsafeMutableRawPointer)
  /// Bytes of scratch that multiplying with a right side takes.
  func scratchByteCount(for packed: Packed, depth: Int) -> Int
  /// Multiplies the first `rows` rounded rows with some panels; `args` says the rest.
  func multiply(
    _ rounded: UnsafeRawPointer, _ packed: Packed, _ args: weft_gemm_args, rows: Int,
    panels: Range<Int>, scratch: UnsafeMutableRawPointer)
}

extension RoundedProduct {
  /// None.
  func scratchByteCount(for packed: Packed, depth: Int) -> Int { 0 }
}

/// activation(scale · x·B + bias) ⊙ multiplier + residual, for one or more B that share x, which is
/// rounded to bytes.
///
/// A tile rounds the rows that it multiplies, into scratch; tiles that follow one another in a call
/// and have the same rows do so once.
struct RoundedGemmKernel<Product: RoundedProduct>: Kernel {
  let name: String
  let scratchByteCount: Int
  /// Where the product's own scratch begins, behind the rounded rows.
  private let scratchOffset: Int
  private let product: Product
  private let depth: Int
  private let x: OperandSource
  private let segments: [GemmSegment<Product.Packed>]
  private let epilogue: GemmEpilogue
  private let grid: GemmGrid

  /// A kernel whose segments were packed for `product`, cut as `grid` says.
  init(
    name: String, _ product: Product, depth: Int, x: OperandSource,
    segments: [GemmSegment<Product.Packed>], epilogue: GemmEpilogue, grid: GemmGrid
  ) {
    self.name = name
    self.product = product
    self.depth = depth
    self.x = x
    self.segments = segments
    self.epilogue = epilogue
    self.grid = grid
    let rounded = product.roundedByteCount(rows: grid.rowBlock, depth: depth)
    scratchOffset = ceilingDivision(rounded, Storage.alignment) * Storage.alignment
    let more = segments.map { product.scratchByteCount(for: $0.packed, depth: depth) }.max() ?? 0
    scratchByteCount = scratchOffset + more
  }

  var tiles: Int { grid.tiles }

  /// The first panel of the tile.
  func firstHeldBytes(of tile: Int) -> UnsafeRawBufferPointer? {
    if grid.isEmpty { return nil }
    let block = grid.tiles(from: tile, before: tile + 1)
    return product.panel(
      block.panels.lowerBound, of: segments[block.segment].packed, depth: depth)
  }

  func run(tiles: Range<Int>, io: KernelIO) {
    if grid.isEmpty { return }
    var args = weft_gemm_args()
    args.k = depth
    var rounded = -1
    var i = tiles.lowerBound
    while i < tiles.upperBound {
      let block = grid.tiles(from: i, before: tiles.upperBound)
      i += block.count
      let (row, rows) = (block.rows.lowerBound, block.rows.count)
      if row != rounded {
        product.round(x.floats(io) + row * depth, count: rows, depth: depth, into: io.scratch)
        rounded = row
      }
      let segment = segments[block.segment]
      fill(&args, row: row, segment, io)
      args.ahead = i == tiles.upperBound ? io.upcoming?.baseAddress : nil
      product.multiply(
        UnsafeRawPointer(io.scratch), segment.packed, args, rows: rows, panels: block.panels,
        scratch: io.scratch + scratchOffset)
    }
  }

  /// What differs between tiles: where the rows from `row` on of a segment's result stand.
  @inline(__always)
  private func fill(
    _ args: inout weft_gemm_args, row: Int, _ segment: GemmSegment<Product.Packed>, _ io: KernelIO
  ) {
    let columns = segment.columns
    epilogue.fill(&args, io)
    args.c = io[segment.result].assumingMemoryBound(to: Float.self) + row * columns
    args.c_stride = columns
    args.n = columns
    args.bias = segment.bias?.floats(io)
    args.multiplier = args.multiplier.map { $0 + row * columns }
    args.multiplier_stride = columns
    args.residual = args.residual.map { $0 + row * columns }
    args.residual_stride = columns
  }
}
