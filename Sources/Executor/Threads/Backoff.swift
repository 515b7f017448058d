import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// How long a worker waits in which way: it spins briefly, then yields, and then must park.
struct Backoff {
  /// Pauses of about 26 ns before the first yield.
  let spins: Int
  /// Yields before the worker must park.
  let yields = 50
  private var waited = 0

  init(spins: Int) { self.spins = spins }

  /// Waits a little; false when it is time to park.
  mutating func pause() -> Bool {
    waited += 1
    if waited <= spins {
      weft_pause()
    } else if waited <= spins + yields {
      sched_yield()
    } else {
      return false
    }
    return true
  }
}
