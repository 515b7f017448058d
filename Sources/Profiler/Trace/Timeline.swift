import Compiler
import Executor

/// A few runs on a time axis, in the Trace Event Format: ui.perfetto.dev and chrome://tracing show it.
///
/// One process. Its first track has the layers: a slice for a run holds slices for its layers, these
/// those of the layers in them and of the steps. Each worker has a track with what it computed.
/// Counters say how many bytes of the arena are alive, and how fast the steps are. Runs stand one
/// behind the other; the time between them is left out.
public struct Timeline: Sendable {
  /// What of a step the profile doesn't say.
  struct Step: Sendable {
    /// Bytes of the arena that are alive while it goes on.
    var liveByteCount: Int
  }

  private let profile: Profile
  private let steps: [Step]
  private let runs: [(number: Int, what: String, run: Trace.Run)]
  /// Nanoseconds between two runs.
  private static let pause = 100_000

  /// The timeline of the runs that `samples` shows: at most three, however many there were.
  public init(of planned: PlannedGraph, _ profile: Profile, _ samples: RunSamples) {
    var changes = [Int](repeating: 0, count: planned.steps.count + 1)
    for interval in planned.memory.intervals where interval.last < planned.steps.count {
      changes[interval.first] += interval.byteCount
      changes[interval.last + 1] -= interval.byteCount
    }
    var live = 0
    let steps = planned.steps.indices.map { i in
      live += changes[i]
      return Step(liveByteCount: live)
    }
    self.init(profile, steps, samples.shown)
  }

  init(
    _ profile: Profile, _ steps: [Step],
    _ runs: [(number: Int, what: String, run: Trace.Run)]
  ) {
    self.profile = profile
    self.steps = steps
    self.runs = runs.filter { $0.run.steps.count == profile.steps.count }
  }

  /// The file's text: JSON, an event a line; times are microseconds with three digits.
  public var json: String {
    var events = TimelineEvents()
    describe(&events)
    var offset = 0
    for (number, what, run) in runs {
      var title = "run \(number + 1)"
      if !what.isEmpty { title += " (\(what))" }
      addLayers(of: run, title, offset, &events)
      addWorkers(of: run, offset, &events)
      addCounters(of: run, offset, &events)
      offset += run.duration + Timeline.pause
    }
    return events.document([
      ("producer", .text("weft profile")), ("model", .text(profile.model)),
      ("runs", .integer(profile.runs)),
    ])
  }

  /// Names of the process and its tracks.
  private func describe(_ events: inout TimelineEvents) {
    let bound = profile.bindings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let name = [profile.model, profile.entry, bound.joined(separator: ",")]
      .filter { !$0.isEmpty && $0 != "main" }
    events.nameProcess(name.isEmpty ? "weft" : name.joined(separator: " "))
    events.nameTrack(TimelineEvents.layers, "layers", place: 0)
    for worker in 0..<(runs.map(\.run.workers).max() ?? 0) {
      events.nameTrack(
        TimelineEvents.track(of: worker),
        worker == 0 ? "worker 0 (the caller)" : "worker \(worker)", place: worker + 1)
    }
  }

  /// The run, its layers and its steps, each inside the one that holds it.
  private func addLayers(
    of run: Trace.Run, _ title: String, _ offset: Int, _ events: inout TimelineEvents
  ) {
    var slices = NestedSlices()
    slices.open(title, at: 0)
    let order = run.steps.indices.sorted { (run.steps[$0].start, $0) < (run.steps[$1].start, $1) }
    let first = order.first.map { run.steps[$0].start } ?? run.duration
    if run.ready > 0 { slices.add("prepare", 0, min(run.ready, first)) }
    if first > run.ready { slices.add("wake workers", run.ready, first) }
    for (place, i) in order.enumerated() {
      let (row, timing) = (profile.steps[i], run.steps[i])
      // Steps that went on side by side are cut here, where slices may only nest; the workers' tracks
      // show them whole.
      let next = place + 1 < order.count ? run.steps[order[place + 1]].start : run.duration
      let end = max(timing.start, min(timing.end, next))
      slices.move(to: Timeline.levels(of: row.layer), at: timing.start)
      slices.add(row.op, timing.start, end, arguments(row, timing), category: row.category.rawValue)
    }
    let last = min(run.duration, order.map { run.steps[$0].end }.max() ?? run.duration)
    slices.move(to: [], at: last)
    if last < run.duration { slices.add("finish", last, run.duration) }
    slices.closeAll(at: run.duration)
    for slice in slices.slices {
      events.add(slice, track: TimelineEvents.layers, offset: offset)
    }
  }

  private func addWorkers(of run: Trace.Run, _ offset: Int, _ events: inout TimelineEvents) {
    for worker in 0..<run.workers {
      let shares = run.steps.flatMap { timing in
        timing.shares.filter { $0.worker == worker }.map { (timing, $0) }
      }.sorted { ($0.1.start, $0.0.step) < ($1.1.start, $1.0.step) }
      var free = 0
      for (timing, share) in shares {
        let row = profile.steps[timing.step]
        let start = max(share.start, free)
        free = max(start, share.end)
        let label = row.layer.isEmpty ? row.op : "\(row.op) \(row.layer)"
        var slice = NestedSlices.Slice(
          name: label, start: start, end: free, category: row.category.rawValue)
        slice.arguments =
          [("tiles", .integer(share.tiles)), ("busy µs", .number(Double(share.busy) / 1e3))]
          + arguments(row, timing)
        events.add(slice, track: TimelineEvents.track(of: worker), offset: offset)
      }
    }
  }

  private func addCounters(of run: Trace.Run, _ offset: Int, _ events: inout TimelineEvents) {
    let order = run.steps.indices.sorted { (run.steps[$0].start, $0) < (run.steps[$1].start, $1) }
    for i in order {
      let (row, timing) = (profile.steps[i], run.steps[i])
      let time = offset + timing.start
      if steps.indices.contains(i) {
        events.count("arena", at: time, ("bytes", .integer(steps[i].liveByteCount)))
      }
      let speed = timing.duration > 0 ? Double(row.flops) / Double(timing.duration) : 0
      events.count("speed", at: time, ("GFLOP/s", .number(speed)))
    }
    events.count("arena", at: offset + run.duration, ("bytes", .integer(0)))
    events.count("speed", at: offset + run.duration, ("GFLOP/s", .number(0)))
  }

  private func arguments(
    _ row: Profile.Row, _ timing: StepTiming
  ) -> [(String, TimelineEvents.Value)] {
    var arguments: [(String, TimelineEvents.Value)] = [
      ("step", .integer(row.step)), ("kernel", .text(row.kernel)), ("result", .text(row.type)),
    ]
    if let line = row.lines.first { arguments.append(("line", .text(line.text))) }
    if let source = row.lines.first?.source { arguments.append(("source", .text(source))) }
    if let caller = row.caller { arguments.append(("called at", .text(caller.text))) }
    if row.flops > 0 {
      arguments.append(("MFLOP", .number(Double(row.flops) / 1e6)))
      if timing.duration > 0 {
        arguments.append(("GFLOP/s", .number(Double(row.flops) / Double(timing.duration))))
      }
    }
    arguments.append(("MB", .number(Double(row.bytes) / 1e6)))
    if let bound = row.bound { arguments.append(("bound by", .text(bound.rawValue))) }
    if let ceiling = row.ceiling {
      arguments.append(("µs at the ceiling", .number(ceiling * 1e3)))
    }
    return arguments
  }

  /// `encoder.layer.3.attention` as levels, each index with its name.
  private static func levels(of layer: String) -> [String] {
    var levels: [String] = []
    for part in layer.split(separator: ".") {
      if !levels.isEmpty, part.allSatisfy(\.isNumber) {
        levels[levels.count - 1] += " \(part)"
      } else {
        levels.append(String(part))
      }
    }
    return levels
  }
}
