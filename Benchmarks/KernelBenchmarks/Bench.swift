import CKernels

/// What all measurements share: the kernels, the threads, the clock and the peak.
struct Bench {
  let table: weft_kernel_table
  let team: Team
  let stopwatch: Stopwatch
  /// FLOP/s of the team's multiply-adds in registers.
  let peak: Double
  /// Bytes a second that the team reads of memory.
  let memory: Double

  init(table: weft_kernel_table, team: Team, stopwatch: Stopwatch) {
    self.table = table
    self.team = team
    self.stopwatch = stopwatch
    peak = Bench.peak(of: team) { table.peak_fma($0) }
    memory = Bench.read(table, team)
  }

  /// Operations a second of `work` in all threads together; it gets a number of iterations and
  /// gives the operations done.
  static func peak(of team: Team, _ work: @escaping (Int) -> Double) -> Double {
    let iterations = 200_000
    let operations = work(iterations) * Double(team.count)
    let times = Stopwatch(seconds: 0.3).time { _ in team.run { _ in _ = work(iterations) } }
    return operations / times.best
  }

  /// The best of some passes over memory that no cache holds.
  private static func read(_ table: weft_kernel_table, _ team: Team) -> Double {
    let buffer = FloatBuffer(64 << 20)
    let times = Stopwatch(seconds: 0.3).time { _ in
      team.run { member in
        let part = (0..<buffer.count).part(member, of: team.count, step: 16)
        _ = table.peak_read(buffer.readOnly + part.lowerBound, part.count)
      }
    }
    return Double(4 * buffer.count) / times.best
  }

  /// A measurement in FLOPs, against multiply-adds in registers.
  func flops(
    _ kernel: String, _ sizes: [String: Int], _ variant: String = "", flops: Int, _ times: Times
  ) -> KernelReport.Measurement {
    measurement(kernel, sizes, variant, times, amount: Double(flops), unit: "FLOP", peak: peak)
  }

  /// A measurement in operations on integers, against a peak of their own.
  func operations(
    _ kernel: String, _ sizes: [String: Int], _ variant: String = "", _ count: Int, peak: Double,
    _ times: Times
  ) -> KernelReport.Measurement {
    measurement(kernel, sizes, variant, times, amount: Double(count), unit: "OP", peak: peak)
  }

  /// A measurement in bytes, against reading as many bytes that lie as near.
  func bytes(
    _ kernel: String, _ sizes: [String: Int], _ variant: String = "", bytes: Int, _ times: Times
  ) -> KernelReport.Measurement {
    let memory = FloatBuffer(bytes / 4)
    let (table, team) = (table, team)
    let reading = stopwatch.time { _ in
      team.run { member in
        let part = (0..<memory.count).part(member, of: team.count, step: 16)
        _ = table.peak_read(memory.readOnly + part.lowerBound, part.count)
      }
    }
    return measurement(
      kernel, sizes, variant, times, amount: Double(bytes), unit: "byte",
      peak: Double(bytes) / reading.best)
  }

  /// A measurement in bytes that no cache holds, against reading more memory than caches have.
  func streamed(
    _ kernel: String, _ sizes: [String: Int], _ variant: String, bytes: Int, _ times: Times
  ) -> KernelReport.Measurement {
    measurement(
      kernel, sizes, variant, times, amount: Double(bytes), unit: "byte", peak: memory)
  }

  private func measurement(
    _ kernel: String, _ sizes: [String: Int], _ variant: String, _ times: Times, amount: Double,
    unit: String, peak: Double
  ) -> KernelReport.Measurement {
    KernelReport.Measurement(
      kernel: kernel, sizes: sizes, variant: variant, threads: team.count,
      medianMicroseconds: times.median * 1e6, bestMicroseconds: times.best * 1e6,
      rate: amount / times.median * 1e-9, unit: unit, share: amount / times.median / peak,
      bestShare: amount / times.best / peak)
  }
}
