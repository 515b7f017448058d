import CKernels
import Compiler
import Executor
import IR
import Tensors

/// Attention tile by tile: one head and some queries of one sequence each, or, where sequences lie
/// end to end, one head and the blocks of queries that begin in some range of tokens.
struct AttentionKernel: Kernel {
  /// Where the rows of the bias for one head start, in elements, and how far they are apart.
  struct Bias: Sendable {
    let source: OperandSource
    let batchStride: Int
    let headStride: Int
    let queryStride: Int

    init(_ source: OperandSource, dims: [Int]) {
      let padded = Array(repeating: 1, count: 4 - dims.count) + dims
      self.source = source
      batchStride = padded[0] == 1 ? 0 : padded[1] * padded[2] * padded[3]
      headStride = padded[1] == 1 ? 0 : padded[2] * padded[3]
      queryStride = padded[2] == 1 ? 0 : padded[3]
    }
  }

  /// The mask's rows, with their distances in elements.
  struct Mask: Sendable {
    let source: OperandSource
    let batchStride: Int
    let queryStride: Int

    init(_ source: OperandSource, dims: [Int]) {
      self.source = source
      batchStride = dims.dropFirst().reduce(1, *)
      queryStride = dims.count == 2 ? 0 : dims[2]
    }
  }

  let name: String
  let functions: AttentionFunctions
  let q: OperandSource
  let k: OperandSource
  let v: OperandSource
  let mask: Mask?
  let bias: Bias?
  let offsets: SequenceOffsets?
  let result: Int
  let batches: Int
  let heads: Int
  let group: Int
  let queryBlock: Int
  let blocks: Int
  let shape: Shape

  /// The extents that hold for every tile.
  struct Shape: Sendable {
    let queries: Int
    let keys: Int
    let headSize: Int
    let valueSize: Int
    let keyHeads: Int
    let scale: Float
    let causal: Bool
    let window: Int
    let softcap: Float
  }

  var tiles: Int { max(batches * heads * blocks, 1) }

  var scratchByteCount: Int {
    var args = arguments()
    return functions.scratchByteCount(&args)
  }

  private func arguments() -> weft_attention_args {
    var args = weft_attention_args()
    args.query_stride = heads * shape.headSize
    args.key_stride = shape.keyHeads * shape.headSize
    args.value_stride = shape.keyHeads * shape.valueSize
    args.out_stride = heads * shape.valueSize
    args.queries = shape.queries
    args.keys = shape.keys
    args.head_size = shape.headSize
    args.value_size = shape.valueSize
    args.scale = shape.scale
    args.softcap = shape.softcap
    args.causal = shape.causal
    args.causal_offset = shape.keys - shape.queries
    args.window = shape.window
    args.mask_stride = mask?.queryStride ?? 0
    args.bias_stride = bias?.queryStride ?? 0
    return args
  }

  func run(tiles: Range<Int>, io: KernelIO) {
    if let offsets {
      if let begins = offsets.checked(io) { runPacked(tiles, begins, offsets.sequences, io) }
      return
    }
    let perBatch = heads * blocks
    let end = min(tiles.upperBound, batches * perBatch)
    var i = tiles.lowerBound
    while i < end {
      let (batch, rest) = i.quotientAndRemainder(dividingBy: perBatch)
      let (head, block) = rest.quotientAndRemainder(dividingBy: blocks)
      // Tiles of one head are one call: its keys and values are read and rounded once.
      let next = min(block + end - i, blocks)
      i += next - block
      var args = arguments(batch: batch, head: head, io)
      if i < end, head + 1 < heads { look(ahead: head, &args) }
      let queries = queries(of: block).lowerBound..<queries(of: next - 1).upperBound
      functions.attend(&args, queries, io.scratch)
    }
  }

  func describe(fault: Int, io: KernelIO) -> String {
    offsets?.describe(position: fault, io: io) ?? "fault \(fault)"
  }

  /// The queries, or tokens of packed sequences, that a tile is about.
  func queries(of block: Int) -> Range<Int> {
    block * queryBlock..<min((block + 1) * queryBlock, shape.queries)
  }

  /// Has the rows of the head after `head` fetched, which is computed next.
  func look(ahead head: Int, _ args: inout weft_attention_args) {
    let isOther = (head + 1) / group != head / group
    args.query_ahead = shape.headSize
    args.key_ahead = isOther ? shape.headSize : 0
    args.value_ahead = isOther ? shape.valueSize : 0
  }

  /// The arguments for all queries of one head of one batch.
  func arguments(batch: Int, head: Int, _ io: KernelIO) -> weft_attention_args {
    var args = arguments()
    let keyHead = head / group
    args.query = q.floats(io) + batch * shape.queries * args.query_stride + head * shape.headSize
    args.key = UnsafeRawPointer(
      k.floats(io) + batch * shape.keys * args.key_stride + keyHead * shape.headSize)
    args.value = UnsafeRawPointer(
      v.floats(io) + batch * shape.keys * args.value_stride + keyHead * shape.valueSize)
    args.out =
      io[result].assumingMemoryBound(to: Float.self) + batch * shape.queries * args.out_stride
      + head * shape.valueSize
    if let mask {
      args.mask = (mask.source.bytes(io) + batch * mask.batchStride)
        .assumingMemoryBound(to: UInt8.self)
    }
    if let bias {
      args.bias = bias.source.floats(io) + batch * bias.batchStride + head * bias.headStride
    }
    return args
  }
}

extension Attention: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: name)
    guard request.results[0].dtype == .f32 else { throw binder.unsupported }
    let (q, k, v) = (
      request.dims(ofOperand: 0), request.dims(ofOperand: 1), request.dims(ofOperand: 2)
    )
    let size = q[2] / heads
    let sources = (try binder.f32(0), try binder.f32(1), try binder.f32(2))
    let mask = maskPosition.map {
      AttentionKernel.Mask(binder.any($0), dims: request.dims(ofOperand: $0))
    }
    var bias: AttentionKernel.Bias?
    if let biasPosition {
      bias = .init(try binder.f32(biasPosition), dims: request.dims(ofOperand: biasPosition))
    }
    let offsets = offsetsPosition.map {
      SequenceOffsets(
        source: binder.any($0), sequences: request.dims(ofOperand: $0)[0] - 1, tokens: q[1])
    }
    let functions = AttentionFunctions(request.table, products)
    let granule = functions.block
    let block =
      hasOffsets
      ? Attention.tokenBlock(tokens: q[1], granule: granule)
      : Attention.queryBlock(
        queries: q[1], sequences: q[0] * heads, granule: granule, tiles: functions.tiles)
    let kernel = AttentionKernel(
      name: functions.name, functions: functions, q: sources.0, k: sources.1, v: sources.2,
      mask: mask, bias: bias, offsets: offsets, result: binder.result(), batches: q[0],
      heads: heads, group: heads / keyHeads,
      queryBlock: block, blocks: block == 0 ? 0 : ceilingDivision(q[1], block),
      shape: .init(
        queries: q[1], keys: k[1], headSize: size, valueSize: v[2] / keyHeads, keyHeads: keyHeads,
        scale: Float(factor(headSize: size)), causal: causal, window: window,
        softcap: Float(softcap)))
    return KernelBinding(kernel, operands: binder.operands)
  }

  /// Queries in one tile: whole granules, so that there are about so many tiles.
  static func queryBlock(queries: Int, sequences: Int, granule: Int, tiles: Int) -> Int {
    let blocks = max(tiles / max(sequences, 1), ceilingDivision(queries, 512), 1)
    let block = ceilingDivision(ceilingDivision(queries, blocks), granule) * granule
    return min(block, max(queries, 0))
  }
}
