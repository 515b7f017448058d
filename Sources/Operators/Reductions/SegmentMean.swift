import CKernels
import Compiler
import Executor
import IR
import Tensors

/// The mean over the tokens of each of the sequences laid end to end:
/// y[s] = Σ x[t] / (offsets[s + 1] − offsets[s]) over t in offsets[s] ..< offsets[s + 1].
///
/// x [tokens, width], offsets i32 [sequences + 1] → [sequences, width] of x's element type. A
/// sequence without tokens gives zeros. Wrong offsets fail the run; see ``Segmented``.
public struct SegmentMean: PlainOp {
  public static let signature = OpSignature(
    "segment_mean", "The mean over each of the sequences laid end to end.", category: .reduction,
    operands: [.required("x"), .required("offsets")])

  public init() {}

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 2)
    try operands.checkReal(0)
    let x = try operands.check(0, rank: 2)
    return [TensorType(x.dtype, [try operands.checkOffsets(1), x.extent(1)])]
  }
}

extension SegmentMean: Segmented {
  public var offsetsPosition: Int? { 1 }

  public func segmentedExtent(_ operands: [TensorType]) -> Dim { operands[0].extent(0) }
}

extension SegmentMean: Costed {
  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    operands[0].elements
  }
}

extension SegmentMean: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let x = operands[0]
    let type = try resultTypes(operands.map(\.type))[0]
    let (tokens, width) = (x.dims[0], x.dims[1])
    let offsets = try operands[1].checkedOffsets(tokens: tokens)
    let means = zip(offsets, offsets.dropFirst()).flatMap { start, end in
      (0..<width).map { j in
        (start..<end).reduce(0.0) { $0 + x.double(at: $1 * width + j) }
          / Double(Swift.max(end - start, 1))
      }
    }
    return [try Tensor(x.dtype, dims: type.shape.values ?? [], doubles: means)]
  }
}

extension SegmentMean: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: name)
    let x = request.dims(ofOperand: 0)
    let source = try binder.f32(0)
    let offsets = SequenceOffsets(
      source: binder.any(1), sequences: request.dims(ofOperand: 1)[0] - 1, tokens: x[0])
    let tokens = ceilingDivision(x[0], max(offsets.sequences, 1))
    let kernel = SegmentMeanKernel(
      name: "f32-segment_mean-\(request.table.name)", table: request.table, source: source,
      offsets: offsets, width: x[1], result: binder.result(),
      grid: RowTiles(
        rows: offsets.sequences, bytesPerRow: saturatingProduct([4, tokens + 1, x[1]])))
    return KernelBinding(kernel, operands: binder.operands)
  }
}

/// Means of some sequences a tile, summed in double.
struct SegmentMeanKernel: Kernel {
  let name: String
  let table: KernelTable
  let source: OperandSource
  let offsets: SequenceOffsets
  let width: Int
  let result: Int
  let grid: RowTiles

  var tiles: Int { grid.count }

  func run(tiles: Range<Int>, io: KernelIO) {
    guard let begins = offsets.checked(io) else { return }
    var args = weft_reduce_args()
    args.reduction = WEFT_REDUCE_MEAN
    args.outer = 1
    args.inner = width
    for sequence in grid.rows(tiles) {
      let (start, end) = (Int(begins[sequence]), Int(begins[sequence + 1]))
      let out = io[result].assumingMemoryBound(to: Float.self) + sequence * width
      if start == end {
        out.update(repeating: 0, count: width)
        continue
      }
      args.x = source.floats(io) + start * width
      args.out = out
      args.axis = end - start
      table.functions.pointee.reduce(&args, 0, width)
    }
  }

  func describe(fault: Int, io: KernelIO) -> String { offsets.describe(position: fault, io: io) }
}
