import Compiler
import Executor
import Tensors

/// What this machine reaches at most at the work of one plan, measured: the roofs of its profile.
///
/// Arithmetic is measured in registers. Memory is measured by reading a block over and over that is
/// as large as what the plan reads over and over, so that the caches hold of it what they hold of the
/// real thing: weights come round once a run and meet all that the run touches; the values that steps
/// hand on meet only what is alive with them.
public struct Ceilings: Codable, Hashable, Sendable {
  /// Reading a block of memory over and over.
  public struct Bandwidth: Codable, Hashable, Sendable {
    /// The size of the block.
    public var byteCount: Int
    /// 10⁹ bytes a second, all threads together.
    public var gigabytesPerSecond: Double
  }

  /// The processor as it calls itself; empty where it doesn't say.
  public var processor: String
  /// The instruction set of the kernels.
  public var instructionSet: String
  /// The threads that measured together.
  public var threads: Int
  /// f32 multiply-adds in registers, in 10⁹ FLOP/s.
  public var gigaflopsPerSecond: Double
  /// Multiply-adds of bf16 in registers, in 10⁹ FLOP/s; nil where no step has such.
  public var gigaflopsPerSecondBf16: Double?
  /// Multiply-adds of bytes in registers, in 10⁹ operations a second; nil where no step has such.
  public var gigaoperationsPerSecondInt8: Double?
  /// For weights: a block of the size of all weights and values of a run.
  public var weights: Bandwidth
  /// For values: a block of the size of what is alive at once.
  public var values: Bandwidth

  /// Measures for the work of `planned`, in about half a second.
  ///
  /// - Parameters:
  ///   - table: the kernels that the plan runs.
  ///   - threads: that take part.
  public static func measure(
    for planned: PlannedGraph, table: KernelTable, threads: Int
  ) throws(TensorError) -> Ceilings {
    let work = planned.steps.indices.map { StepWork(of: planned, step: $0) }
    let weights = work.reduce(0.0) { $0 + Double($1.weightByteCount) }
    let arena = planned.plan.arenaByteCount
    // Many short measurements: on a machine that does other work, too, one of them is undisturbed.
    let probe = PeakProbe(table: table, seconds: 0.01, repetitions: 12)
    return Ceilings(
      processor: Build.processor, instructionSet: table.name, threads: threads,
      gigaflopsPerSecond: probe.fma(threads: threads),
      gigaflopsPerSecondBf16: work.contains { $0.arithmetic == .bf16 }
        ? probe.bf16(threads: threads) : nil,
      gigaoperationsPerSecondInt8: work.contains { $0.arithmetic == .int8 }
        ? probe.int8(threads: threads) : nil,
      weights: try probe.bandwidth(
        byteCount: Int(clamping: Int64(min(weights, 1e15))) + arena, threads: threads),
      values: try probe.bandwidth(byteCount: planned.memory.lowerBound, threads: threads))
  }

  /// Milliseconds that `work` takes at the roofs: its arithmetic, and its traffic.
  func milliseconds(of work: StepWork) -> (compute: Double, memory: Double) {
    func time(_ amount: Int, _ speed: Double) -> Double {
      speed > 0 ? Double(amount) / speed / 1e6 : 0
    }
    let peak =
      switch work.arithmetic {
      case .f32: gigaflopsPerSecond
      case .bf16: gigaflopsPerSecondBf16 ?? gigaflopsPerSecond
      case .int8: gigaoperationsPerSecondInt8 ?? gigaflopsPerSecond
      }
    return (
      time(work.flops, peak),
      time(work.weightByteCount, weights.gigabytesPerSecond)
        + time(work.valueByteCount, values.gigabytesPerSecond)
    )
  }
}

extension PeakProbe {
  /// Reading a block of about `byteCount` bytes, between 64 KiB a thread and 256 MiB.
  func bandwidth(
    byteCount: Int, threads: Int
  ) throws(TensorError) -> Ceilings.Bandwidth {
    let size = min(max(byteCount, threads * 64 << 10), 256 << 20)
    let memory = try ProbeMemory.storage(byteCount: size)
    let count = min(size, memory.byteCount)
    return Ceilings.Bandwidth(
      byteCount: count, gigabytesPerSecond: read(memory, byteCount: count, threads: threads))
  }
}
