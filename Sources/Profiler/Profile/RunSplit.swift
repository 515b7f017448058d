import Executor

/// One run's time in nanoseconds, each of them counted once.
///
/// A step gets the time in which it went on; steps that went on side by side share it. Time in which
/// no step went on stands with the step that ended before it: there the workers met.
struct RunSplit {
  /// Until inputs were checked, memory was there and the workers were called.
  var prepare = 0
  /// From there to the first tile: waking workers.
  var wake = 0
  /// For each step its own time.
  var steps: [Int]
  /// For each step the time until something went on again.
  var gaps: [Int]
  /// From the last tile to the end.
  var finish = 0
  /// For each step the worker-time in which no kernel ran, per worker.
  var waits: [Double]

  init(_ run: Trace.Run) {
    steps = Array(repeating: 0, count: run.steps.count)
    gaps = steps
    waits = []
    let order = run.steps.indices.filter { run.steps[$0].end > run.steps[$0].start }
      .sorted { (run.steps[$0].start, $0) < (run.steps[$1].start, $1) }
    let first = order.first.map { run.steps[$0].start } ?? run.duration
    prepare = min(max(run.ready, 0), first)
    wake = first - prepare
    let last = sweep(order, run.steps, from: first)
    finish = max(0, run.duration - last)
    let workers = Double(max(run.workers, 1))
    waits = run.steps.indices.map { i in
      // What was noted as waiting, less what belongs to steps beside it.
      let shared = Double(run.steps[i].duration - steps[i]) * workers
      return max(0, Double(run.steps[i].wait) - shared) / workers
    }
  }

  /// Gives each stretch of time to the steps that go on in it; the end of the last.
  private mutating func sweep(_ order: [Int], _ timings: [StepTiming], from first: Int) -> Int {
    var now = first
    var open: [Int] = []
    var latest: Int?
    var next = 0
    while next < order.count || !open.isEmpty {
      let start = next < order.count ? timings[order[next]].start : Int.max
      let end = open.map { timings[$0].end }.min() ?? Int.max
      let then = min(start, end)
      if open.isEmpty {
        if let latest { gaps[latest] += then - now }
      } else {
        let (part, rest) = (then - now).quotientAndRemainder(dividingBy: open.count)
        for i in open { steps[i] += part }
        steps[open[0]] += rest
      }
      now = then
      if start <= end {
        open.append(order[next])
        next += 1
      } else {
        latest = open.first { timings[$0].end == end } ?? latest
        open.removeAll { timings[$0].end == end }
      }
    }
    return now
  }
}
