import CKernels

/// The clock of a trace: the processor's counter where the system keeps its own time by it, too,
/// else ``Clock``. It counts in ticks of its own, which a ``Scale`` turns into nanoseconds.
struct TraceClock: Sendable {
  /// One moment on both clocks.
  struct Moment: Sendable {
    var ticks: Int
    var nanoseconds: Int
  }

  /// Turns ticks into nanoseconds on ``Clock``.
  struct Scale: Sendable {
    let origin: Moment
    let nanosecondsPerTick: Double

    /// Nanoseconds from `start` to `ticks`; never negative.
    func nanoseconds(from start: Int, to ticks: Int) -> Int {
      Int((Double(max(0, ticks - start)) * nanosecondsPerTick).rounded())
    }

    /// The moment on ``Clock`` at which the counter stood at `ticks`.
    func time(at ticks: Int) -> Int {
      origin.nanoseconds + Int((Double(ticks - origin.ticks) * nanosecondsPerTick).rounded())
    }
  }

  let usesTicks: Bool

  /// The better clock of this machine.
  static let best = TraceClock(usesTicks: isCounterTrusted)

  /// How many ticks have passed since some fixed moment, looked at when all loads before are done.
  @inline(__always)
  func now() -> Int { usesTicks ? Int(weft_ticks_after()) : Clock.nanoseconds() }

  /// The same, or a little early, without holding up the processor: waiting for the last loads of a
  /// kernel takes longer than the look itself.
  @inline(__always)
  func roughly() -> Int { usesTicks ? Int(weft_ticks()) : Clock.nanoseconds() }

  /// Now, on both clocks: of three looks the one that nothing came between.
  func moment() -> Moment {
    var best = (width: Int.max, moment: Moment(ticks: 0, nanoseconds: 0))
    for _ in 0..<3 {
      let before = now()
      let nanoseconds = Clock.nanoseconds()
      let width = now() - before
      if width < best.width {
        best = (width, Moment(ticks: before + width / 2, nanoseconds: nanoseconds))
      }
    }
    return best.moment
  }

  /// What ticks are worth, by what has passed on both clocks since `origin`.
  func scale(since origin: Moment) -> Scale {
    let end = moment()
    let ticks = end.ticks - origin.ticks
    let rate = ticks > 0 ? Double(end.nanoseconds - origin.nanoseconds) / Double(ticks) : 1
    return Scale(origin: origin, nanosecondsPerTick: usesTicks ? rate : 1)
  }

  private static var isCounterTrusted: Bool {
    #if os(Linux)
      // Linux takes another clock where the counters of two cores disagree, or change their rate.
      let file = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
      return ["tsc\n", "arch_sys_counter\n"].contains(SmallFile.text(file) ?? "")
    #elseif arch(arm64)
      return true
    #else
      return false
    #endif
  }
}
