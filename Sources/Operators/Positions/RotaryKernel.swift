import CKernels
import Compiler
import Executor
import IR
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// Turns the pairs of each token; tiles are tokens.
struct RotaryKernel: Kernel {
  /// Where the cosines and sines come from.
  enum Angles: Sendable {
    /// Worked out when the plan was made: [tokens, pairs] cosines, then as many sines.
    case held(Storage)
    /// From positions that the run is given.
    case positions(OperandSource, wide: Bool, perSequence: Bool, frequencies: [Double])
  }

  let name: String
  let table: KernelTable
  let x: OperandSource
  let angles: Angles
  let result: Int
  let batches: Int
  let tokens: Int
  let heads: Int
  let headSize: Int
  let pairs: Int
  let interleaved: Bool
  let grid: RowTiles

  var tiles: Int { grid.count }

  var scratchByteCount: Int {
    if case .positions = angles { 8 * pairs } else { 0 }
  }

  func run(tiles: Range<Int>, io: KernelIO) {
    var args = weft_rotary_args()
    let width = heads * headSize
    args.x_stride = width
    args.out_stride = width
    args.table_stride = pairs
    args.heads = heads
    args.head_size = headSize
    args.rotary_size = 2 * pairs
    args.interleaved = interleaved
    let rows = grid.rows(tiles)
    let (from, to) = (x.floats(io), io[result].assumingMemoryBound(to: Float.self))
    switch angles {
    case .held(let storage):
      let cosines = UnsafePointer(storage.base.assumingMemoryBound(to: Float.self))
      var next = rows.lowerBound
      while next < rows.upperBound {
        let (batch, begin) = next.quotientAndRemainder(dividingBy: tokens)
        let end = min(tokens, begin + rows.upperBound - next)
        args.x = from + batch * tokens * width
        args.out = to + batch * tokens * width
        args.cos = cosines
        args.sin = cosines + tokens * pairs
        table.functions.pointee.rotary(&args, begin, end)
        next += end - begin
      }
    case .positions(let source, let wide, let perSequence, let frequencies):
      let line = io.scratch.assumingMemoryBound(to: Float.self)
      args.cos = UnsafePointer(line)
      args.sin = UnsafePointer(line + pairs)
      for row in rows {
        let at = perSequence ? row : row % tokens
        let position =
          wide
          ? Double(source.bytes(io).loadUnaligned(fromByteOffset: 8 * at, as: Int64.self))
          : Double(source.bytes(io).loadUnaligned(fromByteOffset: 4 * at, as: Int32.self))
        for i in 0..<pairs {
          // A whole number of turns is taken off in Double, where it is exact enough.
          let angle = Float(remainder(position * frequencies[i], 2 * .pi))
          line[i] = angle
          line[pairs + i] = angle
        }
        table.functions.pointee.unary(WEFT_OP_COS, line, line, pairs)
        table.functions.pointee.unary(WEFT_OP_SIN, line + pairs, line + pairs, pairs)
        args.x = from + row * width
        args.out = to + row * width
        table.functions.pointee.rotary(&args, 0, 1)
      }
    }
  }
}

extension Rotary: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: name)
    guard request.results[0].dtype == .f32 else { throw binder.unsupported }
    let dims = request.dims(ofOperand: 0)
    let (tokens, size) = (dims[1], dims[2] / heads)
    let pairs = (rotarySize == 0 ? size : rotarySize) / 2
    let x = try binder.f32(0)
    let angles: RotaryKernel.Angles =
      hasPositions
      ? .positions(
        binder.any(1), wide: request.operands[1].dtype == .i64,
        perSequence: request.operands[1].rank == 2, frequencies: frequencies(pairs: pairs))
      : .held(try table(request, tokens: tokens, pairs: pairs))
    let kernel = RotaryKernel(
      name: "f32-rotary-\(request.table.name)", table: request.table, x: x, angles: angles,
      result: binder.result(), batches: dims[0], tokens: tokens, heads: heads, headSize: size,
      pairs: pairs, interleaved: interleaved,
      grid: RowTiles(
        rows: dims[0] * tokens, bytesPerRow: saturatingProduct([8, heads, max(size, 1)])))
    return KernelBinding(kernel, operands: binder.operands)
  }

  /// Cosines and sines of positions 0 ..< tokens, shared by all layers.
  private func table(
    _ request: KernelRequest, tokens: Int, pairs: Int
  ) throws(KernelError) -> Storage {
    let frequencies = frequencies(pairs: pairs)
    let layout = "rotary-\(tokens)-\(frequencies.map(\.description).joined(separator: ","))"
    return try request.shared(
      layout, of: Float.self, count: saturatingProduct([2, tokens, pairs])
    ) { out in
      for p in 0..<tokens {
        for i in 0..<pairs {
          let angle = Double(p) * frequencies[i]
          out[p * pairs + i] = Float(Math.cos(angle))
          out[(tokens + p) * pairs + i] = Float(Math.sin(angle))
        }
      }
    }
  }
}
