import CKernels
import Foundation

/// Products with weights in blocks at the sizes of a decoder of 1.1 billion parameters: one row against
/// reading as many bytes, the rows of a prompt against products of bytes in registers.
struct BlockGemm: Suite {
  static let name = "block_gemm"

  /// Outputs and inputs: projections, up, down, the token table.
  private static let layers = [
    (n: 2048, k: 2048), (n: 5632, k: 2048), (n: 2048, k: 5632), (n: 32000, k: 2048),
  ]
  private static let formats: [(weft_block_format, String)] = [
    (WEFT_Q8_0, "q8_0"), (WEFT_Q4_0, "q4_0"), (WEFT_Q4_1, "q4_1"), (WEFT_Q5_0, "q5_0"),
    (WEFT_Q5_1, "q5_1"), (WEFT_Q4_K, "q4_k"), (WEFT_Q5_K, "q5_k"), (WEFT_Q6_K, "q6_k"),
  ]
  private static let prompts = [8, 128, 512]
  /// As in ``Gemm``, for less time: weights of a model larger than every cache.
  private static let streamedBytes = 256 << 20

  static func measure(_ bench: Bench, report: (KernelReport.Measurement) -> Void) {
    let kernels = weft_block_kernels_best(bench.table.isa).pointee
    let bytes = weft_int8_kernels_best(bench.table.isa).pointee
    let peak = Bench.peak(of: bench.team) { bytes.peak($0) }
    for (format, variant) in formats {
      for (n, k) in layers {
        let weights = BlockWeights(format, n: n, k: k, streamed: streamedBytes, kernels)
        let sizes = { (m: Int) in ["m": m, "n": n, "k": k] }
        let one = BlockProduct(m: 1, weights, bench: bench, kernels: kernels)
        report(bench.streamed("block_gemv", sizes(1), variant, bytes: weights.stride, one.time()))
        for m in prompts where n < 10_000 {
          let product = BlockProduct(m: m, weights, bench: bench, kernels: kernels)
          report(
            bench.operations(name, sizes(m), variant, 2 * m * n * k, peak: peak, product.time()))
        }
      }
    }
  }
}

/// Packed copies of one matrix of random blocks, side by side.
private final class BlockWeights {
  let format: weft_block_format
  let n: Int
  let k: Int
  let copies: Int
  /// Bytes from one copy to the next.
  let stride: Int
  let memory: FloatBuffer

  init(
    _ format: weft_block_format, n: Int, k: Int, streamed: Int, _ kernels: weft_block_kernels
  ) {
    (self.format, self.n, self.k) = (format, n, k)
    stride = (kernels.packed_size(format, k, n) + 63) / 64 * 64
    copies = max(1, streamed / stride)
    memory = FloatBuffer(stride * copies / 4)
    let size = n * k / weft_block_elements(format) * weft_block_bytes(format)
    // Any bits: what a product takes doesn't hang on them.
    let source = FloatBuffer(size / 4)
    var args = weft_block_pack_args()
    args.format = format
    args.source = UnsafeRawPointer(source.pointer)
    args.k = k
    args.n = n
    args.packed = UnsafeMutableRawPointer(memory.pointer)
    kernels.pack(&args, 0, (n + kernels.nr - 1) / kernels.nr)
    for i in 1..<max(copies, 1) {
      memcpy(UnsafeMutableRawPointer(memory.pointer) + i * stride, memory.pointer, stride)
    }
  }

  func copy(_ i: Int) -> UnsafeRawPointer { UnsafeRawPointer(memory.pointer) + i * stride }
}

/// One size of product, split among threads by columns.
private struct BlockProduct {
  let bench: Bench
  let kernels: weft_block_kernels
  let weights: BlockWeights
  let m: Int
  private let args: weft_block_gemm_args
  /// Kept: the arguments point into them.
  private let buffers: [FloatBuffer]

  init(m: Int, _ weights: BlockWeights, bench: Bench, kernels: weft_block_kernels) {
    (self.m, self.weights, self.bench, self.kernels) = (m, weights, bench, kernels)
    let (n, k) = (weights.n, weights.k)
    let (left, out) = (FloatBuffer(m * k), FloatBuffer(m * n))
    let quantized = FloatBuffer((kernels.quantized_size(m, k) + 3) / 4)
    buffers = [left, out, quantized]
    var rounding = weft_block_quantize_args()
    rounding.x = left.readOnly
    rounding.x_stride = k
    rounding.k = k
    rounding.quantized = UnsafeMutableRawPointer(quantized.pointer)
    kernels.quantize(&rounding, 0, m)
    var args = weft_block_gemm_args()
    args.format = weights.format
    args.quantized = UnsafeRawPointer(quantized.pointer)
    args.product.c = out.pointer
    args.product.c_stride = n
    args.product.k = k
    args.product.n = n
    args.product.scale = 1
    self.args = args
  }

  func time() -> Times {
    let (team, kernels, args, m, weights) = (bench.team, kernels, args, m, weights)
    let panels = (weights.n + kernels.nr - 1) / kernels.nr
    let times = bench.stopwatch.time { repetition in
      let matrix = weights.copy(repetition % weights.copies)
      team.run { member in
        var args = args
        args.packed = matrix
        let columns = (0..<panels).part(member, of: team.count)
        kernels.gemm(&args, 0, m, columns.lowerBound, columns.upperBound)
      }
    }
    return withExtendedLifetime(buffers) { times }
  }
}
