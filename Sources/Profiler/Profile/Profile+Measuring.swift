import Compiler
import Executor
import IR

/// The text of a line, from 1, of a file; nil where there is none.
public typealias SourceLookup = (_ file: String, _ line: Int) -> String?

extension Profile {
  /// A profile of `runs` of `planned`; runs of other plans are left out.
  ///
  /// - Parameter untraced: nanoseconds of runs without a trace, taken in turn with `runs`.
  public init(of planned: PlannedGraph, runs: [Trace.Run], untraced: [Int] = []) {
    var samples = RunSamples()
    for (i, run) in runs.enumerated() {
      samples.add(run, untraced: untraced.indices.contains(i) ? untraced[i] : nil)
    }
    self.init(of: planned, samples)
  }

  /// A profile of `planned`, whose runs are `samples`.
  ///
  /// - Parameters:
  ///   - ceilings: of the machine; without them rows say nothing of what they could be.
  ///   - source: the lines of the graph files.
  public init(
    of planned: PlannedGraph, _ samples: RunSamples, ceilings: Ceilings? = nil,
    source: SourceLookup? = nil
  ) {
    let work = planned.steps.indices.map { StepWork(of: planned, step: $0) }
    self.init(planned.steps, work, samples, ceilings: ceilings, source: source)
    for symbol in planned.bindings.symbols { bindings[symbol] = planned.bindings[symbol] }
    entry = planned.graph.name
    peakResidentByteCount = PeakResident.byteCount
  }

  init(
    _ steps: [PlannedStep], _ work: [StepWork], _ samples: RunSamples, ceilings: Ceilings? = nil,
    source: SourceLookup? = nil
  ) {
    let labels = samples.samples.isEmpty ? Array(steps.indices) : samples.labels
    let isOfPlan =
      labels.count == steps.count && labels.allSatisfy { steps.indices.contains($0) }
    let all = isOfPlan ? samples.samples : []
    let typical = isOfPlan ? samples.typical : []
    let walls = all.map { $0.wall / 1e6 }
    runs = all.count
    threads = samples.workers
    self.ceilings = ceilings
    let (median, deviation) = Figures.medianAndDeviation(walls)
    self.median = median
    self.deviation = deviation
    noise = Figures.noise(walls)
    p90 = Figures.quantile(0.9, of: walls)
    p99 = Figures.quantile(0.99, of: walls)
    fastest = walls.min() ?? 0
    slowest = walls.max() ?? 0
    let untraced = all.compactMap(\.untraced)
    if !untraced.isEmpty {
      self.untraced = Figures.median(untraced) / 1e6
      tracingPercent = Figures.median(
        all.compactMap { run in run.untraced.map { $0 > 0 ? 100 * (run.wall / $0 - 1) : 0 } })
    }
    var rows = steps.indices.map { i in
      let label = isOfPlan ? labels[i] : i
      var row = Row(steps[label], at: i, work[label], source)
      row.measure(all, typical, ceilings?.milliseconds(of: work[label]))
      return row
    }
    let sum = rows.reduce(0) { $0 + $1.time }
    for i in rows.indices { rows[i].percent = sum > 0 ? 100 * rows[i].time / sum : 0 }
    self.sum = sum
    self.steps = rows
    wall = typical.mean { $0.wall }
    parts = Parts(typical, steps: sum, wall: wall)
    explainedPercent = wall > 0 ? 100 * (wall - parts.rest) / wall : 0
  }
}

extension Profile.Parts {
  fileprivate init(_ runs: [RunSamples.Sample], steps: Double, wall: Double) {
    prepare = runs.mean { $0.prepare }
    wake = runs.mean { $0.wake }
    self.steps = steps
    barriers = runs.mean { run in run.gaps.reduce(0) { $0 + Double($1) } }
    finish = runs.mean { $0.finish }
    rest = max(0, wall - prepare - wake - steps - barriers - finish)
  }
}

extension Profile.Row {
  fileprivate init(
    _ description: PlannedStep, at step: Int, _ work: StepWork, _ source: SourceLookup?
  ) {
    let (bytes, overflow) = work.weightByteCount.addingReportingOverflow(work.valueByteCount)
    let sites = description.origin.sites
    self.init(
      step: step, node: description.node?.index, op: description.op,
      category: description.category, kernel: description.kernel,
      type: description.type.description, layer: description.origin.path.description,
      lines: sites.compactMap(\.location).map { Profile.Line($0, source) },
      caller: sites.first?.calls.last.map { Profile.Line($0, source) }, calls: 0, time: 0,
      median: 0, p90: 0, p99: 0, deviation: 0, total: 0, percent: 0, flops: work.flops,
      bytes: overflow ? .max : bytes, weightBytes: work.weightByteCount,
      arithmetic: work.arithmetic, gigaflopsPerSecond: 0, gigabytesPerSecond: 0, wait: 0,
      barrier: 0)
  }

  /// Fills in what was measured.
  fileprivate mutating func measure(
    _ all: [RunSamples.Sample], _ typical: [RunSamples.Sample],
    _ ideal: (compute: Double, memory: Double)?
  ) {
    let times = all.map { Double($0.steps[step]) / 1e6 }
    calls = all.count
    time = typical.mean { Double($0.steps[step]) }
    (median, deviation) = Figures.medianAndDeviation(times)
    noise = Figures.noise(times)
    p90 = Figures.quantile(0.9, of: times)
    p99 = Figures.quantile(0.99, of: times)
    total = times.reduce(0, +)
    gigaflopsPerSecond = time > 0 ? Double(flops) / time / 1e6 : 0
    gigabytesPerSecond = time > 0 ? Double(bytes) / time / 1e6 : 0
    wait = typical.mean { Double($0.waits[step]) }
    barrier = typical.mean { Double($0.gaps[step]) }
    guard let ideal else { return }
    let least = max(ideal.compute, ideal.memory)
    ceiling = least
    recoverable = max(0, time - least)
    let isOverhead = time < 0.002 && least < time / 2
    bound = isOverhead ? .overhead : ideal.compute >= ideal.memory ? .compute : .memory
  }
}

extension [RunSamples.Sample] {
  /// The mean of nanoseconds, in milliseconds; 0 for none.
  fileprivate func mean(_ time: (Element) -> Double) -> Double {
    isEmpty ? 0 : reduce(0) { $0 + time($1) } / Double(count) / 1e6
  }
}
