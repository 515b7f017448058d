import CKernels
import Compiler
import Executor
import Tensors

/// Runs an elementwise program through the C interpreter, tile by tile.
///
/// The result's axes are merged as far as all operands allow; what remains is walked as rows.
struct ElementwiseKernel: Kernel {
  let name: String
  private let code: ElementwiseCode
  private let run: ElementwiseFunction
  private let loop: LoopNest
  private let grid: TileGrid
  private let elementSizes: [Int]
  private let interpreterScratch: Int

  /// The kernel of `program` for `request`; nil where the operands' types don't fit.
  init?(_ program: ElementwiseProgram, _ request: KernelRequest) {
    let dtypes = request.operands.map(\.dtype)
    guard let code = ElementwiseAssembler.assemble(program, dtypes) else { return nil }
    let dims = request.dims(ofResult: 0)
    self.code = code
    run = request.table.functions.pointee.elementwise
    loop = LoopNest(
      dims,
      strides: request.operands.indices.map {
        Strides.broadcasting(request.dims(ofOperand: $0), to: dims)
      } + [Strides.dense(dims)])
    grid = TileGrid(rows: loop.rows, columns: loop.columns)
    elementSizes = dtypes.map(\.byteCount) + [request.results[0].dtype.byteCount]
    interpreterScratch = (weft_elementwise_scratch(code.program) + 63) / 64 * 64
    let ops = program.instructions.map { $0.op.signature.name }.joined(separator: "+")
    let result = request.results[0].dtype
    name = "\(result == .bool ? dtypes[0] : result)-\(ops)-\(request.table.name)"
  }

  private var operandCount: Int { elementSizes.count - 1 }

  private var argumentOffset: Int { interpreterScratch }

  var tiles: Int { grid.tiles }

  /// The interpreter's registers, and then the descriptions of the operands.
  var scratchByteCount: Int {
    argumentOffset + operandCount * MemoryLayout<weft_elementwise_input>.stride
  }

  func run(tiles: Range<Int>, io: KernelIO) {
    let inputs = (io.scratch + argumentOffset).bindMemory(
      to: weft_elementwise_input.self, capacity: operandCount)
    for tile in tiles {
      let (rows, columns) = grid.block(tile)
      if columns.isEmpty { continue }
      loop.forEachRegular(rows) { rows in
        for i in 0..<operandCount {
          let columnStride = loop.columnStride(i)
          let offset =
            loop.offset(of: rows.lowerBound, in: i) + columns.lowerBound * columnStride
          inputs[i] = weft_elementwise_input(
            data: UnsafeRawPointer(io[i] + offset * elementSizes[i]),
            row_stride: loop.rowStride(i), broadcast: columnStride == 0)
        }
        let offset = loop.offset(of: rows.lowerBound, in: operandCount) + columns.lowerBound
        var output = weft_elementwise_output(
          data: io[operandCount] + offset * elementSizes[operandCount],
          row_stride: loop.rowStride(operandCount))
        run(code.program, inputs, &output, rows.count, columns.count, io.scratch)
      }
    }
  }
}

/// The C interpreter of one instruction set.
private typealias ElementwiseFunction =
  @convention(c) (
    UnsafePointer<weft_elementwise_program>?, UnsafePointer<weft_elementwise_input>?,
    UnsafePointer<weft_elementwise_output>?, Int, Int, UnsafeMutableRawPointer?
  ) -> Void
