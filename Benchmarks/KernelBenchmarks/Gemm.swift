import CKernels

/// Matrix products at the sizes of MiniLM, BERT-base and GPT-2.
struct Gemm: Suite {
  static let name = "gemm"

  /// Outputs and inputs of the models' layers: queries, keys and values as one, the projection back,
  /// up, down; the token table of GPT-2.
  static let layers = [
    (n: 384, k: 384), (n: 1152, k: 384), (n: 1536, k: 384), (n: 384, k: 1536), (n: 768, k: 768),
    (n: 2304, k: 768), (n: 3072, k: 768), (n: 768, k: 3072), (n: 50257, k: 768),
  ]
  static let rows = [1, 4, 16, 64, 128, 256, 1024]

  /// Weights of a model larger than every cache: each repetition takes the next copy.
  private static let streamedBytes = 192 << 20

  static func measure(_ bench: Bench, report: (KernelReport.Measurement) -> Void) {
    for (n, k) in layers {
      for type in [WEFT_F32, WEFT_BF16] {
        let copies = max(1, streamedBytes / (n * k * weft_dtype_size(type)))
        let weights = Weights(n: n, k: k, type: type, copies: copies, bench.table)
        for m in rows where n < 10_000 || m <= 128 {
          let product = Product(m: m, n: n, k: k, type: type, bench: bench)
          func add(_ variant: String, copies: Int) {
            report(
              bench.flops(
                name, ["m": m, "n": n, "k": k], variant, flops: 2 * m * n * k,
                product.time(weights, copies: copies)))
          }
          if type == WEFT_F32, copies > 1 { add("in cache", copies: 1) }
          add(type == WEFT_F32 ? "streamed" : "bf16, streamed", copies: copies)
        }
      }
    }
  }

  static func panels(_ n: Int, _ table: weft_kernel_table) -> Int {
    (n + table.gemm_nr - 1) / table.gemm_nr
  }
}

/// Packed copies of one matrix, side by side in memory as those of a model lie.
private struct Weights {
  private let memory: FloatBuffer
  /// Bytes from one copy to the next.
  private let stride: Int

  init(n: Int, k: Int, type: weft_dtype, copies: Int, _ table: weft_kernel_table) {
    let source = FloatBuffer(n * k)
    if type == WEFT_BF16 { source.roundToBF16() }
    // A copy starts at a cache line.
    stride = (table.gemm_packed_size(k, n) * weft_dtype_size(type) + 63) / 64 * 64
    memory = FloatBuffer(stride * copies / 4)
    var args = weft_gemm_pack_args()
    args.source = UnsafeRawPointer(source.pointer)
    args.type = type
    args.packed_type = type
    args.row_stride = 1
    args.column_stride = k
    args.k = k
    args.n = n
    for i in 0..<copies {
      args.packed = UnsafeMutableRawPointer(mutating: copy(i))
      table.gemm_pack(&args, 0, Gemm.panels(n, table))
    }
  }

  func copy(_ i: Int) -> UnsafeRawPointer { UnsafeRawPointer(memory.pointer) + i * stride }
}

/// One size of product, split among threads by rows or by columns.
private struct Product {
  let m: Int
  let bench: Bench
  let panels: Int
  let args: weft_gemm_args
  /// Kept: `args` points into them.
  private let left: FloatBuffer
  private let out: FloatBuffer
  private let bias: FloatBuffer

  init(m: Int, n: Int, k: Int, type: weft_dtype, bench: Bench) {
    self.m = m
    self.bench = bench
    panels = Gemm.panels(n, bench.table)
    left = FloatBuffer(m * k)
    out = FloatBuffer(m * n)
    bias = FloatBuffer(n)
    var args = weft_gemm_args()
    args.a = left.readOnly
    args.a_stride = k
    args.c = out.pointer
    args.c_stride = n
    args.k = k
    args.n = n
    args.packed_type = type
    args.scale = 1
    args.bias = bias.readOnly
    self.args = args
  }

  /// The times with the better of both splits.
  func time(_ weights: Weights, copies: Int) -> Times {
    let splits = bench.team.count == 1 ? [false] : [false, true]
    let times = splits.map { time(weights, copies, byRows: $0) }
    return withExtendedLifetime((left, out, bias)) {
      times.min { $0.median < $1.median } ?? times[0]
    }
  }

  private func time(_ weights: Weights, _ copies: Int, byRows: Bool) -> Times {
    let (team, table, args, m, panels) = (bench.team, bench.table, args, m, panels)
    return bench.stopwatch.time { repetition in
      let matrix = weights.copy(repetition % copies)
      team.run { member in
        var args = args
        args.packed = matrix
        let rows =
          byRows ? (0..<m).part(member, of: team.count, step: table.gemm_mr) : 0..<m
        let columns = byRows ? 0..<panels : (0..<panels).part(member, of: team.count)
        table.gemm(&args, rows.lowerBound, rows.upperBound, columns.lowerBound, columns.upperBound)
      }
    }
  }
}
