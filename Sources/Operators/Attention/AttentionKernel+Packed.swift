import CKernels
import Compiler
import Executor

extension AttentionKernel {
  /// Tiles in the order of tokens, and for each range of tokens all heads: rows that one head has
  /// brought near are read by the next one.
  func runPacked(
    _ tiles: Range<Int>, _ offsets: UnsafePointer<Int32>, _ count: Int, _ io: KernelIO
  ) {
    for tile in tiles where tile < heads * blocks {
      let (block, head) = tile.quotientAndRemainder(dividingBy: heads)
      var args = arguments(batch: 0, head: head, io)
      if tile + 1 < tiles.upperBound, head + 1 < heads { look(ahead: head, &args) }
      runPacked(args, queries(of: block), offsets, count, io)
    }
  }

  /// Computes one head of the blocks of queries that begin in `tokens`, each whole; blocks are
  /// counted from where their sequence begins, so that what one gives doesn't hang on its
  /// neighbours. Then clears those of `tokens` that belong to no sequence.
  private func runPacked(
    _ whole: weft_attention_args, _ tokens: Range<Int>, _ offsets: UnsafePointer<Int32>,
    _ count: Int, _ io: KernelIO
  ) {
    let granule = functions.block
    var sequence = firstSequence(reaching: tokens.lowerBound, offsets, count)
    while sequence < count, Int(offsets[sequence]) < tokens.upperBound {
      let (start, end) = (Int(offsets[sequence]), Int(offsets[sequence + 1]))
      let first = ceilingDivision(max(tokens.lowerBound - start, 0), granule) * granule
      let last = min(
        ceilingDivision(tokens.upperBound - start, granule) * granule, end - start)
      if first < last {
        var args = part(of: whole, from: start, count: end - start)
        functions.attend(&args, first..<last, io.scratch)
      }
      sequence += 1
    }
    let clear = max(tokens.lowerBound, Int(offsets[count]))
    guard clear < tokens.upperBound, var out = whole.out else { return }
    out += clear * whole.out_stride
    for _ in clear..<tokens.upperBound {
      out.update(repeating: 0, count: shape.valueSize)
      out += whole.out_stride
    }
  }

  /// The first sequence that ends after `token`, by bisection.
  private func firstSequence(
    reaching token: Int, _ offsets: UnsafePointer<Int32>, _ count: Int
  ) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if Int(offsets[middle + 1]) > token { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// `whole` for `count` tokens from `start` on, which are a sequence of their own.
  private func part(
    of whole: weft_attention_args, from start: Int, count: Int
  ) -> weft_attention_args {
    var args = whole
    args.query = whole.query + start * whole.query_stride
    let size = MemoryLayout<Float>.stride
    args.key = whole.key + start * whole.key_stride * size
    args.value = whole.value + start * whole.value_stride * size
    args.out = whole.out + start * whole.out_stride
    if let mask = args.mask { args.mask = mask + start * args.mask_stride + start }
    if let bias = args.bias { args.bias = bias + start * args.bias_stride + start }
    args.queries = count
    args.keys = count
    return args
  }
}

extension Attention {
  /// Tokens in one tile of packed sequences: few, as for each all heads follow one another.
  static func tokenBlock(tokens: Int, granule: Int) -> Int {
    let blocks = max(ceilingDivision(tokens, 512), min(8, ceilingDivision(tokens, granule)), 1)
    return ceilingDivision(ceilingDivision(tokens, blocks), granule) * granule
  }
}
