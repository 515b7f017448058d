import CKernels

/// Products of bytes at the sizes of ``Gemm``, and rounding their left side to bytes.
struct Int8Gemm: Suite {
  static let name = "int8_gemm"

  /// As in ``Gemm``: weights of a model larger than every cache.
  private static let streamedBytes = 96 << 20

  static func measure(_ bench: Bench, report: (KernelReport.Measurement) -> Void) {
    let kernels = weft_int8_kernels_best(bench.table.isa).pointee
    let peak = Bench.peak(of: bench.team) { kernels.peak($0) }
    for (n, k) in Gemm.layers where n < 10_000 {
      let copies = streamedBytes / (n * k)
      let weights = Int8Weights(n: n, k: k, copies: copies, kernels)
      for m in Gemm.rows {
        let product = Int8Product(m: m, n: n, k: k, bench: bench, kernels: kernels)
        for (variant, used) in [("in cache", 1), ("streamed", copies)] {
          report(
            bench.operations(
              name, ["m": m, "n": n, "k": k], variant, 2 * m * n * k, peak: peak,
              product.time(weights, copies: used)))
        }
        if n == k {
          report(
            bench.bytes(
              "int8_quantize", ["rows": m, "width": k], bytes: 5 * m * k, product.timeRounding()))
        }
      }
    }
  }
}

/// Packed copies of one matrix, side by side.
private struct Int8Weights {
  let bytes: FloatBuffer
  let stride: Int

  init(n: Int, k: Int, copies: Int, _ kernels: weft_int8_kernels) {
    let scales = FloatBuffer(n)
    let source = UnsafeMutablePointer<Int8>.allocate(capacity: n * k)
    defer { source.deallocate() }
    for i in 0..<n * k { source[i] = Int8(truncatingIfNeeded: i &* 0x9e37_79b9 >> 16) }
    stride = (kernels.packed_size(k, n) + 63) / 64 * 64
    bytes = FloatBuffer(stride * copies / 4)
    var args = weft_int8_pack_args()
    args.source = UnsafePointer(source)
    args.row_stride = 1
    args.column_stride = k
    args.scales = UnsafeRawPointer(scales.pointer)
    args.k = k
    args.n = n
    for copy in 0..<copies {
      args.packed = UnsafeMutableRawPointer(bytes.pointer) + copy * stride
      kernels.pack(&args, 0, (n + kernels.nr - 1) / kernels.nr)
    }
  }

  func copy(_ i: Int) -> UnsafeRawPointer { UnsafeRawPointer(bytes.pointer) + i * stride }
}

/// One size of product of bytes, split among threads by rows or by columns.
private struct Int8Product {
  let m: Int
  let bench: Bench
  let kernels: weft_int8_kernels
  let panels: Int
  private let rounding: weft_int8_quantize_args
  private let args: weft_int8_gemm_args
  /// Kept: the arguments point into them.
  private let buffers: [FloatBuffer]

  init(m: Int, n: Int, k: Int, bench: Bench, kernels: weft_int8_kernels) {
    self.m = m
    self.bench = bench
    self.kernels = kernels
    panels = (n + kernels.nr - 1) / kernels.nr
    let (left, out, bias) = (FloatBuffer(m * k), FloatBuffer(m * n), FloatBuffer(n))
    let quantized = FloatBuffer((kernels.quantized_size(m, k) + 3) / 4)
    buffers = [left, out, bias, quantized]
    var rounding = weft_int8_quantize_args()
    rounding.x = left.readOnly
    rounding.x_stride = k
    rounding.k = k
    rounding.quantized = UnsafeMutableRawPointer(quantized.pointer)
    kernels.quantize(&rounding, 0, m)
    self.rounding = rounding
    var args = weft_int8_gemm_args()
    args.quantized = UnsafeRawPointer(quantized.pointer)
    args.product.c = out.pointer
    args.product.c_stride = n
    args.product.k = k
    args.product.n = n
    args.product.scale = 1
    args.product.bias = bias.readOnly
    self.args = args
  }

  /// The times with the better of both splits.
  func time(_ weights: Int8Weights, copies: Int) -> Times {
    let splits = bench.team.count == 1 ? [false] : [false, true]
    let times = splits.map { time(weights, copies, byRows: $0) }
    return withExtendedLifetime(buffers) { times.min { $0.median < $1.median } ?? times[0] }
  }

  /// The times of rounding the left side.
  func timeRounding() -> Times {
    let (team, kernels, rounding, m) = (bench.team, kernels, rounding, m)
    let times = bench.stopwatch.time { _ in
      team.run { member in
        var args = rounding
        let rows = (0..<m).part(member, of: team.count)
        kernels.quantize(&args, rows.lowerBound, rows.upperBound)
      }
    }
    return withExtendedLifetime(buffers) { times }
  }

  private func time(_ weights: Int8Weights, _ copies: Int, byRows: Bool) -> Times {
    let (team, kernels, args, m, panels) = (bench.team, kernels, args, m, panels)
    return bench.stopwatch.time { repetition in
      let matrix = weights.copy(repetition % copies)
      team.run { member in
        var args = args
        args.packed = matrix
        let rows = byRows ? (0..<m).part(member, of: team.count, step: kernels.mr) : 0..<m
        let columns = byRows ? 0..<panels : (0..<panels).part(member, of: team.count)
        kernels.gemm(
          &args, rows.lowerBound, rows.upperBound, columns.lowerBound, columns.upperBound)
      }
    }
  }
}
