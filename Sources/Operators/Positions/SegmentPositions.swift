import Compiler
import Executor
import IR
import Tensors

/// The position of each token in its own sequence, of sequences laid end to end:
/// y[t] = t − offsets[s] for the sequence s that t belongs to, 0 for a token of none.
///
/// offsets i32 [sequences + 1] → i32 [count]. Wrong offsets fail the run; see ``Segmented``.
public struct SegmentPositions: Op {
  public static let signature = OpSignature(
    "segment_positions", "Positions that restart with each of the sequences laid end to end.",
    category: .position, operands: [.required("offsets")], attributes: [.init("count", .dim)])

  /// The number of tokens.
  public var count: Dim

  /// The positions of `count` tokens.
  public init(count: Dim) { self.count = count }

  public init(_ attributes: Attributes) throws(OpError) {
    count = try attributes.dim("count")
    if let known = count.value, known < 0 {
      throw .attributeRange("count", rule: "0 or more tokens")
    }
  }

  public var attributes: Attributes { ["count": .dim(count)] }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 1)
    _ = try operands.checkOffsets(0)
    return [TensorType(.i32, [count])]
  }
}

extension SegmentPositions: Segmented {
  public var offsetsPosition: Int? { 0 }

  public func segmentedExtent(_ operands: [TensorType]) -> Dim { count }
}

extension SegmentPositions: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let tokens = count.value ?? 0
    let offsets = try operands[0].checkedOffsets(tokens: tokens)
    let positions = offsets.sequenceOfTokens(count: tokens).enumerated().map { token, sequence in
      sequence.map { token - offsets[$0] } ?? 0
    }
    return [try Tensor(.i32, dims: [tokens], integers: positions)]
  }
}

extension SegmentPositions: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: name)
    let tokens = request.dims(ofResult: 0)[0]
    let offsets = SequenceOffsets(
      source: binder.any(0), sequences: request.dims(ofOperand: 0)[0] - 1, tokens: tokens)
    let kernel = SegmentPositionsKernel(offsets: offsets, result: binder.result())
    return KernelBinding(kernel, operands: binder.operands)
  }
}

/// Counts up from 0 in each sequence.
struct SegmentPositionsKernel: Kernel {
  let offsets: SequenceOffsets
  let result: Int

  let name = "i32-segment_positions"
  let tiles = 1

  func run(tiles: Range<Int>, io: KernelIO) {
    let out = io[result].assumingMemoryBound(to: Int32.self)
    out.update(repeating: 0, count: offsets.tokens)
    guard let begins = offsets.checked(io) else { return }
    for sequence in 0..<offsets.sequences {
      let start = Int(begins[sequence])
      for i in 0..<Int(begins[sequence + 1]) - start {
        out[start + i] = Int32(truncatingIfNeeded: i)
      }
    }
  }

  func describe(fault: Int, io: KernelIO) -> String { offsets.describe(position: fault, io: io) }
}
