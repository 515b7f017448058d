import CKernels

/// Kernels over rows of numbers: norm, softmax, and functions of one number.
struct Rows: Suite {
  static let name = "rows"

  private typealias Kernel =
    @Sendable (
      _ table: weft_kernel_table, _ x: FloatBuffer, _ out: FloatBuffer, _ width: Int,
      _ rows: Range<Int>
    ) -> Void

  private static let kernels: [(name: String, widths: [Int], run: Kernel)] = [
    ("layer_norm", [384, 768, 1024], layerNorm), ("softmax", [128, 512, 2048], softmax),
    ("gelu", [1536, 3072], unary(WEFT_OP_GELU_ERF)), ("exp", [1536, 3072], unary(WEFT_OP_EXP)),
    ("tanh", [1536, 3072], unary(WEFT_OP_TANH)),
  ]

  static func measure(_ bench: Bench, report: (KernelReport.Measurement) -> Void) {
    let (team, table) = (bench.team, bench.table)
    for kernel in kernels {
      for width in kernel.widths {
        for rows in [16, 128, 1024] {
          let x = FloatBuffer(rows * width)
          let out = FloatBuffer(rows * width)
          let times = bench.stopwatch.time { _ in
            team.run { member in
              kernel.run(table, x, out, width, (0..<rows).part(member, of: team.count))
            }
          }
          report(
            bench.bytes(
              kernel.name, ["rows": rows, "width": width], bytes: 8 * rows * width, times))
        }
      }
    }
  }

  private static func layerNorm(
    _ table: weft_kernel_table, _ x: FloatBuffer, _ out: FloatBuffer, _ width: Int,
    _ rows: Range<Int>
  ) {
    var args = weft_norm_args()
    args.x = x.readOnly
    args.gamma = x.readOnly
    args.beta = x.readOnly
    args.out = out.pointer
    args.x_stride = width
    args.out_stride = width
    args.width = width
    args.epsilon = 1e-12
    table.layer_norm(&args, rows.lowerBound, rows.upperBound)
  }

  private static func softmax(
    _ table: weft_kernel_table, _ x: FloatBuffer, _ out: FloatBuffer, _ width: Int,
    _ rows: Range<Int>
  ) {
    table.softmax(x.readOnly, out.pointer, width, rows.lowerBound, rows.upperBound)
  }

  private static func unary(_ opcode: weft_opcode) -> Kernel {
    { table, x, out, width, rows in
      let start = rows.lowerBound * width
      table.unary(opcode, x.readOnly + start, out.pointer + start, rows.count * width)
    }
  }
}
