import CKernels
import Compiler
import Executor
import IR
import Tensors

/// The weights of an attention, tile by tile: one head and some queries of one sequence each. Besides
/// its result a tile needs the keys of some columns, packed.
struct AttentionWeightsKernel: Kernel {
  /// Bytes of packed keys at most: they stay in the second-level cache.
  private static let packedBytes = 1 << 18
  /// Elements of a tile's result, about.
  private static let elementsPerTile = 1 << 15

  let name: String
  let table: KernelTable
  let q: OperandSource
  let k: OperandSource
  let mask: AttentionKernel.Mask?
  let bias: AttentionKernel.Bias?
  let offsets: SequenceOffsets?
  let result: Int
  let batches: Int
  let heads: Int
  let picked: [Int]
  let givesScores: Bool
  let shape: AttentionKernel.Shape

  private var queryBlock: Int {
    let rows = max(Self.elementsPerTile / max(shape.keys, 1), table.registerRows)
    return max(min(rows, shape.queries), 1)
  }

  private var blocks: Int { ceilingDivision(shape.queries, queryBlock) }

  var tiles: Int { max(batches * picked.count * blocks, 1) }

  /// Keys that are packed together: whole panels.
  private var keyGroup: Int {
    let panel = saturatingProduct([max(shape.headSize, 1), table.panelWidth, 4])
    let panels = min(
      max(Self.packedBytes / panel, 1), ceilingDivision(shape.keys, table.panelWidth))
    return max(panels, 1) * table.panelWidth
  }

  var scratchByteCount: Int { saturatingProduct([max(shape.headSize, 1), keyGroup, 4]) }

  func run(tiles: Range<Int>, io: KernelIO) {
    let begins = offsets.map { $0.checked(io) }
    // Wrong offsets were reported.
    if let begins, begins == nil { return }
    let perBatch = picked.count * blocks
    for i in tiles where i < batches * perBatch {
      let (batch, rest) = i.quotientAndRemainder(dividingBy: perBatch)
      let (position, block) = rest.quotientAndRemainder(dividingBy: blocks)
      let rows = block * queryBlock..<min((block + 1) * queryBlock, shape.queries)
      let out =
        io[result].assumingMemoryBound(to: Float.self)
        + ((batch * picked.count + position) * shape.queries + rows.lowerBound) * shape.keys
      multiply(batch: batch, head: picked[position], rows, into: out, io)
      for row in rows {
        hide(batch: batch, row, begins ?? nil, io, in: out + (row - rows.lowerBound) * shape.keys)
      }
      if !givesScores { table.functions.pointee.softmax(out, out, shape.keys, 0, rows.count) }
    }
  }

  func describe(fault: Int, io: KernelIO) -> String {
    offsets?.describe(position: fault, io: io) ?? "fault \(fault)"
  }

  /// cap(scale · q kᵀ) + bias for all keys.
  private func multiply(
    batch: Int, head: Int, _ rows: Range<Int>, into out: UnsafeMutablePointer<Float>,
    _ io: KernelIO
  ) {
    let keyHead = head / (heads / shape.keyHeads)
    let keyStride = shape.keyHeads * shape.headSize
    let keys = k.floats(io) + batch * shape.keys * keyStride + keyHead * shape.headSize
    var args = weft_gemm_args()
    args.a_stride = heads * shape.headSize
    args.a =
      q.floats(io) + (batch * shape.queries + rows.lowerBound) * args.a_stride
      + head * shape.headSize
    args.packed = UnsafeRawPointer(io.scratch)
    args.k = shape.headSize
    args.c_stride = shape.keys
    args.scale = shape.scale
    let begin = bias.map {
      $0.source.floats(io) + batch * $0.batchStride + head * $0.headStride
    }
    var first = 0
    while first < shape.keys {
      let count = min(keyGroup, shape.keys - first)
      let panels = ceilingDivision(count, table.panelWidth)
      pack(keys + first * keyStride, stride: keyStride, count: count, panels: panels, io)
      args.c = out + first
      args.n = count
      if let begin, let bias, shape.softcap == 0 {
        args.residual = begin + rows.lowerBound * bias.queryStride + first
        args.residual_stride = bias.queryStride
      }
      table.functions.pointee.gemm(&args, 0, rows.count, 0, panels)
      first += count
    }
    guard shape.softcap > 0 else { return }
    for row in rows {
      cap(
        out + (row - rows.lowerBound) * shape.keys,
        thenAdd: begin.map { $0 + row * (bias?.queryStride ?? 0) })
    }
  }

  /// softcap · tanh(s / softcap) of a row of scores, plus its bias.
  private func cap(
    _ row: UnsafeMutablePointer<Float>, thenAdd bias: UnsafePointer<Float>?
  ) {
    for key in 0..<shape.keys { row[key] /= shape.softcap }
    table.functions.pointee.unary(WEFT_OP_TANH, row, row, shape.keys)
    for key in 0..<shape.keys { row[key] = row[key] * shape.softcap + (bias?[key] ?? 0) }
  }

  private func pack(
    _ keys: UnsafePointer<Float>, stride: Int, count: Int, panels: Int, _ io: KernelIO
  ) {
    var args = weft_gemm_pack_args()
    args.source = UnsafeRawPointer(keys)
    args.type = DType.f32.kernelType
    args.row_stride = 1
    args.column_stride = stride
    args.k = shape.headSize
    args.n = count
    args.packed = io.scratch
    args.packed_type = DType.f32.kernelType
    table.functions.pointee.gemm_pack(&args, 0, panels)
  }

  /// Puts -∞ where a query doesn't see a key.
  private func hide(
    batch: Int, _ query: Int, _ begins: UnsafePointer<Int32>?, _ io: KernelIO,
    in row: UnsafeMutablePointer<Float>
  ) {
    var seen = 0..<shape.keys
    let last = query + shape.keys - shape.queries
    if shape.causal { seen = seen.clamped(to: 0..<max(last + 1, 0)) }
    if shape.window > 0 {
      seen = seen.clamped(to: min(max(last - shape.window + 1, 0), shape.keys)..<shape.keys)
    }
    if let begins, let offsets {
      seen = seen.clamped(to: offsets.sequence(of: query, begins) ?? 0..<0)
    }
    for key in 0..<seen.lowerBound { row[key] = -.infinity }
    for key in seen.upperBound..<shape.keys { row[key] = -.infinity }
    guard let mask else { return }
    let flags = mask.source.bytes(io) + batch * mask.batchStride + query * mask.queryStride
    for key in seen where flags.load(fromByteOffset: key, as: UInt8.self) == 0 {
      row[key] = -.infinity
    }
  }
}

extension SequenceOffsets {
  /// The tokens of the sequence that `token` belongs to.
  fileprivate func sequence(of token: Int, _ begins: UnsafePointer<Int32>) -> Range<Int>? {
    var (low, high) = (0, sequences)
    while low < high {
      let middle = (low + high) / 2
      if Int(begins[middle + 1]) > token { high = middle } else { low = middle + 1 }
    }
    guard low < sequences, Int(begins[low]) <= token else { return nil }
    return Int(begins[low])..<Int(begins[low + 1])
  }
}

extension AttentionWeights: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: name)
    guard request.results[0].dtype == .f32 else { throw binder.unsupported }
    let (q, k) = (request.dims(ofOperand: 0), request.dims(ofOperand: 1))
    let size = q[2] / attention.heads
    let sources = (try binder.f32(0), try binder.f32(1))
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
    let kernel = AttentionWeightsKernel(
      name: "f32-attention_weights-\(request.table.name)", table: request.table, q: sources.0,
      k: sources.1, mask: mask, bias: bias, offsets: offsets, result: binder.result(),
      batches: q[0], heads: attention.heads, picked: givenHeads, givesScores: givesScores,
      shape: .init(
        queries: q[1], keys: k[1], headSize: size, valueSize: 0, keyHeads: attention.keyHeads,
        scale: Float(attention.factor(headSize: size)), causal: attention.causal,
        window: attention.window, softcap: Float(attention.softcap)))
    return KernelBinding(kernel, operands: binder.operands)
  }
}
