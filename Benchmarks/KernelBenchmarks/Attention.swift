import CKernels

/// Attention over queries × keys × head sizes, twelve heads.
struct Attention: Suite {
  static let name = "attention"
  private static let heads = 12

  static func measure(_ bench: Bench, report: (KernelReport.Measurement) -> Void) {
    for size in [32, 64, 128] {
      for (queries, keys) in [
        (1, 128), (1, 512), (1, 2048), (16, 16), (64, 64), (128, 128), (256, 256), (512, 512),
        (1024, 1024),
      ] {
        // Tokens lie as a merged projection leaves them: heads side by side.
        let stride = heads * size
        let buffers = [queries, keys, keys, queries].map { FloatBuffer($0 * stride) }
        var args = weft_attention_args()
        args.query_stride = stride
        args.key_stride = stride
        args.value_stride = stride
        args.out_stride = stride
        args.queries = queries
        args.keys = keys
        args.head_size = size
        args.value_size = size
        args.scale = 0.1
        report(
          bench.flops(
            name, ["queries": queries, "keys": keys, "head_size": size],
            flops: 4 * heads * queries * keys * size, time(bench, args, buffers)))
      }
    }
  }

  private static func time(
    _ bench: Bench, _ args: weft_attention_args, _ buffers: [FloatBuffer]
  ) -> Times {
    let (team, table) = (bench.team, bench.table)
    var first = args
    let scratchFloats = (table.attention_scratch(&first) + 3) / 4
    let scratch = (0..<team.count).map { _ in FloatBuffer(scratchFloats) }
    return bench.stopwatch.time { _ in
      team.run { member in
        let mine = (0..<heads).part(member, of: team.count)
        for head in mine {
          var args = args
          // As the op says which head comes next.
          let ahead = head + 1 < mine.upperBound ? args.head_size : 0
          (args.query_ahead, args.key_ahead, args.value_ahead) = (ahead, ahead, ahead)
          args.query = buffers[0].readOnly + head * args.head_size
          args.key = UnsafeRawPointer(buffers[1].readOnly + head * args.head_size)
          args.value = UnsafeRawPointer(buffers[2].readOnly + head * args.head_size)
          args.out = buffers[3].pointer + head * args.head_size
          table.attention(&args, 0, args.queries, scratch[member].pointer)
        }
      }
    }
  }
}
