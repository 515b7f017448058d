import CKernels
import Compiler
import Dispatch
import Tensors

/// Measures what a machine can do at most: multiply-adds of floats, of bf16 and of bytes, and reading memory.
struct PeakProbe {
  let table: KernelTable
  /// How long one measurement goes on, in seconds.
  let seconds: Double
  /// How many measurements there are; the best counts.
  var repetitions = 3

  /// 10⁹ FLOP/s of `threads` threads together.
  func fma(threads: Int) -> Double {
    let table = table
    return arithmetic(threads: threads) { table.functions.pointee.peak_fma($0) }
  }

  /// 10⁹ FLOP/s on pairs of bf16 of `threads` threads together; nil without an instruction for them.
  func bf16(threads: Int) -> Double? {
    let table = table
    guard table.bf16 != nil else { return nil }
    return arithmetic(threads: threads) { table.bf16?.pointee.peak($0) ?? 0 }
  }

  /// 10⁹ operations a second on bytes of `threads` threads together.
  func int8(threads: Int) -> Double {
    let table = table
    return arithmetic(threads: threads) { table.int8.pointee.peak($0) }
  }

  /// 10⁹ operations a second, where `loop` does some number of iterations and returns its operations.
  private func arithmetic(threads: Int, _ loop: @escaping @Sendable (Int) -> Double) -> Double {
    // As many iterations as take the time asked for.
    var iterations = 10_000
    while true {
      let (time, _) = timed { _ = loop(iterations) }
      if time > seconds / 8 || iterations > 1 << 40 {
        iterations = max(1, Int(Double(iterations) * seconds / max(time, 1e-9)))
        break
      }
      iterations *= 4
    }
    let count = iterations
    return best {
      let operations = Total()
      let (time, _) = timed {
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
          operations.add(loop(count))
        }
      }
      return operations.value / time / 1e9
    }
  }

  /// 10⁹ bytes a second that `threads` threads read together from `storage`.
  func read(_ storage: Storage, threads: Int) -> Double {
    let share = storage.byteCount / 4 / threads
    return best { self.read(storage, share: share, passes: 1, threads: threads) }
  }

  /// 10⁹ bytes a second that `threads` threads read together when they read the first `byteCount`
  /// bytes of `storage` over and over.
  func read(_ storage: Storage, byteCount: Int, threads: Int) -> Double {
    let share = byteCount / 4 / threads
    let first = read(storage, share: share, passes: 1, threads: threads)
    let passes = min(seconds * first * 1e9 / Double(max(byteCount, 1)), 1e6).rounded(.up)
    return best {
      self.read(storage, share: share, passes: max(2, Int(passes)), threads: threads)
    }
  }

  /// `share` is the number of floats that each thread reads.
  private func read(_ storage: Storage, share: Int, passes: Int, threads: Int) -> Double {
    let table = table
    let (time, _) = timed {
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        let start = storage.base.assumingMemoryBound(to: Float.self) + thread * share
        for _ in 0..<passes { _ = table.functions.pointee.peak_read(start, share) }
      }
    }
    return Double(share * threads * 4) * Double(passes) / time / 1e9
  }

  private func best(_ measure: () -> Double) -> Double {
    (0..<repetitions).reduce(0) { best, _ in max(best, measure()) }
  }

  private func timed<T>(_ body: () -> T) -> (seconds: Double, result: T) {
    let clock = ContinuousClock()
    let start = clock.now
    let result = body()
    let time = (clock.now - start).components
    return (Double(time.seconds) + Double(time.attoseconds) * 1e-18, result)
  }
}
