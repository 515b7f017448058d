import Dispatch

/// Times of one piece of work, repeated.
struct Times {
  /// The middle of all repetitions, in seconds.
  var median: Double
  /// The fastest, in seconds.
  var best: Double
}

/// Repeats work and looks at the clock.
struct Stopwatch {
  /// How long one piece of work is repeated, in seconds.
  var seconds: Double

  /// A look at the clock costs 30 ns; what is between two takes at least a thousand times as long.
  private static let shortest = 30e-6

  /// The times of `work`, which gets the number of the repetition.
  func time(_ work: (Int) -> Void) -> Times {
    var repetition = 0
    func once(_ count: Int) -> Double {
      let start = DispatchTime.now().uptimeNanoseconds
      for _ in 0..<count {
        work(repetition)
        repetition += 1
      }
      return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 / Double(count)
    }
    let first = min(once(1), once(1))
    let count = max(1, Int(Self.shortest / max(first, 1e-9)))
    var times: [Double] = []
    let begin = DispatchTime.now().uptimeNanoseconds
    while times.count < 5
      || Double(DispatchTime.now().uptimeNanoseconds - begin) * 1e-9 < seconds
    {
      times.append(once(count))
    }
    times.sort()
    return Times(median: times[times.count / 2], best: times[0])
  }
}
