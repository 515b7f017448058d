import CKernels
import Compiler
import Executor
import IR
import Tensors

/// Attention over a state, tile by tile: the heads that share one head of keys, and some tokens.
///
/// Tokens that follow one another in one slot go through the tiled kernel together, head by head. A
/// token alone takes its group of heads as if they were queries: keys and values are read once for
/// all of them.
struct CachedAttentionKernel: Kernel {
  let table: KernelTable
  let format: StateFormat
  let q: OperandSource
  let keys: Rows
  let values: Rows
  let places: StatePlaces
  let result: Int
  let tokens: Int
  let tokenBlock: Int
  let keyHeads: Int
  /// Heads of queries for each head of keys.
  let group: Int
  let scale: Float
  let window: Int
  let softcap: Float

  /// A state as the kernel reads it.
  struct Rows: Sendable {
    let source: OperandSource
    /// Elements of one head.
    let headSize: Int
    let rowByteCount: Int
    let headByteCount: Int

    init(
      _ source: OperandSource, _ format: StateFormat, width: Int, heads: Int
    ) throws(TensorError) {
      self.source = source
      headSize = width / heads
      rowByteCount = try format.byteCount(ofRow: width)
      headByteCount = try format.byteCount(ofRow: headSize)
    }

    /// The first row of a slot, from one head on.
    @inline(__always)
    func head(_ head: Int, row: Int, _ io: KernelIO) -> UnsafeRawPointer {
      source.bytes(io) + row * rowByteCount + head * headByteCount
    }

    /// The distance of rows as the C kernel counts it.
    func stride(_ format: StateFormat) -> Int {
      format == .f32 ? rowByteCount / MemoryLayout<Float>.stride : rowByteCount
    }
  }

  var name: String {
    "\(format)-cached_attention-\(table.name)-\(table.functions.pointee.attention_block)"
  }

  private var blocks: Int { ceilingDivision(tokens, max(tokenBlock, 1)) }

  var tiles: Int { max(1, keyHeads * blocks) }

  var scratchByteCount: Int {
    var args = arguments()
    return table.functions.pointee.attention_scratch(&args)
  }

  private func arguments() -> weft_attention_args {
    var args = weft_attention_args()
    args.head_size = keys.headSize
    args.value_size = values.headSize
    args.key_stride = keys.stride(format)
    args.value_stride = values.stride(format)
    args.format = format.kernelValue
    args.scale = scale
    args.softcap = softcap
    return args
  }

  func run(tiles: Range<Int>, io: KernelIO) {
    for tile in tiles where tile < keyHeads * blocks {
      let (block, head) = tile.quotientAndRemainder(dividingBy: keyHeads)
      var rest = block * tokenBlock..<min((block + 1) * tokenBlock, tokens)
      while !rest.isEmpty {
        guard let run = places.run(from: rest, io) else {
          clear(rest.lowerBound, head, io)
          rest = rest.lowerBound + 1..<rest.upperBound
          continue
        }
        rest = run.tokens.upperBound..<rest.upperBound
        if run.tokens.count == 1 { attendAlone(run, head, io) } else { attend(run, head, io) }
      }
    }
  }

  func describe(fault: Int, io: KernelIO) -> String { places.describe(token: fault, io: io) }

  private func query(_ token: Int, _ head: Int, _ io: KernelIO) -> UnsafePointer<Float> {
    q.floats(io) + (token * keyHeads * group + head) * keys.headSize
  }

  private func out(_ token: Int, _ head: Int, _ io: KernelIO) -> UnsafeMutablePointer<Float> {
    io[result].assumingMemoryBound(to: Float.self)
      + (token * keyHeads * group + head) * values.headSize
  }

  /// A token's whole group of heads at once.
  private func attendAlone(_ run: StatePlaces.Run, _ keyHead: Int, _ io: KernelIO) {
    var args = arguments()
    let count = run.position + 1
    let hidden = window == 0 ? 0 : max(0, count - window)
    let row = run.slot * places.capacity + hidden
    args.query = query(run.tokens.lowerBound, keyHead * group, io)
    args.query_stride = keys.headSize
    args.out = out(run.tokens.lowerBound, keyHead * group, io)
    args.out_stride = values.headSize
    args.key = keys.head(keyHead, row: row, io)
    args.value = values.head(keyHead, row: row, io)
    args.queries = group
    args.keys = count - hidden
    table.functions.pointee.attention(&args, 0, group, io.scratch)
  }

  private func attend(_ run: StatePlaces.Run, _ keyHead: Int, _ io: KernelIO) {
    var args = arguments()
    args.query_stride = keyHeads * group * keys.headSize
    args.out_stride = keyHeads * group * values.headSize
    args.key = keys.head(keyHead, row: run.slot * places.capacity, io)
    args.value = values.head(keyHead, row: run.slot * places.capacity, io)
    args.queries = run.tokens.count
    args.keys = run.position + run.tokens.count
    args.causal = true
    args.causal_offset = run.position
    args.window = window
    for head in keyHead * group..<(keyHead + 1) * group {
      args.query = query(run.tokens.lowerBound, head, io)
      args.out = out(run.tokens.lowerBound, head, io)
      table.functions.pointee.attention(&args, 0, run.tokens.count, io.scratch)
    }
  }

  private func clear(_ token: Int, _ keyHead: Int, _ io: KernelIO) {
    out(token, keyHead * group, io).update(repeating: 0, count: group * values.headSize)
  }
}

extension CachedAttention: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: name)
    let (q, k, v) = (
      request.dims(ofOperand: 0), request.dims(ofOperand: 1), request.dims(ofOperand: 2)
    )
    let (heads, format) = (attention.keyHeads, request.stateFormat)
    let source = try binder.f32(0)
    let (keySource, valueSource) = (binder.any(1), binder.any(2))
    let keys: CachedAttentionKernel.Rows
    let values: CachedAttentionKernel.Rows
    do {
      keys = try .init(keySource, format, width: k[2], heads: heads)
      values = try .init(valueSource, format, width: v[2], heads: heads)
    } catch {
      throw .tensor(error)
    }
    let places = StatePlaces(
      slots: binder.any(3), positions: binder.any(4), slotCount: k[0], capacity: k[1])
    let granule = max(request.table.functions.pointee.attention_block, 1)
    let kernel = CachedAttentionKernel(
      table: request.table, format: format, q: source, keys: keys, values: values, places: places,
      result: binder.result(), tokens: q[1],
      tokenBlock: Attention.tokenBlock(tokens: q[1], granule: granule),
      keyHeads: heads, group: attention.heads / heads,
      scale: Float(attention.factor(headSize: keys.headSize)), window: attention.window,
      softcap: Float(attention.softcap))
    return KernelBinding(kernel, operands: binder.operands)
  }
}
