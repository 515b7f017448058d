import Foundation

/// Runs of an entry that were timed, and what they say.
public struct ProfiledRuns: Sendable {
  /// What was run.
  public let entry: Entry
  /// The plan that was run.
  public let planned: PlannedGraph
  /// Where the time goes.
  public let profile: Profile
  /// What was kept of the runs.
  public let samples: RunSamples

  /// A few of the runs on a time axis.
  public var timeline: Timeline { Timeline(of: planned, profile, samples) }
}

extension Entry {
  /// Times `runs` runs on random inputs, after three that aren't timed, and measures what this machine
  /// reaches at most. Runs with and without a trace take turns, so that the profile can say what
  /// tracing costs.
  public func profile(
    bindings: Bindings, runs: Int, cancellation: Cancellation? = nil,
    progress: (Int) -> Void = { _ in }
  ) throws -> Profile {
    try profiledRuns(
      bindings: bindings, runs: runs, cancellation: cancellation, progress: progress
    ).profile
  }

  /// The same, with what the profile was made from.
  public func profiledRuns(
    bindings: Bindings, runs: Int, cancellation: Cancellation? = nil,
    progress: (Int) -> Void = { _ in }
  ) throws -> ProfiledRuns {
    let inputs = try randomInputs(bindings: bindings, seed: 0)
    let (_, ordered) = try InputBinding.bind(inputs, to: graph, bindings)
    let startup = shared.startup?.report.untilModel
    let planned = try plan(for: bindings)
    let states = try planned.newStates()
    let start = Clock.nanoseconds()
    _ = try run(planned, ordered, states: states, cancellation: cancellation)
    let firstRun = Clock.nanoseconds() - start
    shared.startup?.record(.firstRun, nanoseconds: firstRun)
    shared.startup?.finish()
    shared.packed.settle()
    for _ in 0..<2 { _ = try run(planned, ordered, states: states, cancellation: cancellation) }
    var samples = RunSamples()
    let trace = Trace()
    for i in 0..<runs {
      // Whoever comes second finds warmer caches: they take turns in that, too.
      var times = [0, 0]
      for isTraced in i.isMultiple(of: 2) ? [true, false] : [false, true] {
        let start = Clock.nanoseconds()
        _ = try run(
          planned, ordered, states: states, trace: isTraced ? trace : nil,
          cancellation: cancellation)
        times[isTraced ? 0 : 1] = Clock.nanoseconds() - start
      }
      for run in trace.take() { samples.add(run, wall: times[0], untraced: times[1]) }
      progress(i + 1)
    }
    // Measuring the machine takes memory of its own.
    let resident = PeakResident.byteCount
    let ceilings = try Ceilings.measure(
      for: planned, table: shared.table, threads: shared.executor.threads)
    var profile = Profile(of: planned, samples, ceilings: ceilings, source: SourceLines().text)
    profile.peakResidentByteCount = resident
    profile.model = modelName
    profile.phases = try phases(
      startup: startup, planned: planned, firstRun: Double(firstRun) / 1e6)
    return ProfiledRuns(entry: self, planned: planned, profile: profile, samples: samples)
  }

  private func phases(
    startup: Double?, planned: PlannedGraph, firstRun: Double
  ) throws -> Profile.Phases {
    func milliseconds(_ duration: Duration) -> Double { duration / .milliseconds(1) }
    let packing = milliseconds(planned.packing.duration)
    return Profile.Phases(
      startup: startup, passes: milliseconds(try compiled().report.duration),
      plan: milliseconds(planned.duration) - packing, packing: packing, firstRun: firstRun)
  }
}

/// Lines of graph files, read when one of them is asked for.
final class SourceLines {
  /// The largest file that is read.
  private static let byteLimit = 1 << 24
  private var files: [String: [Substring]] = [:]

  /// The line without the space around it; nil where there is none.
  func text(_ file: String, _ line: Int) -> String? {
    let lines = files[file] ?? read(file)
    files[file] = lines
    guard lines.indices.contains(line - 1) else { return nil }
    let text = lines[line - 1].trimmingCharacters(in: .whitespaces)
    return text.isEmpty ? nil : text
  }

  private func read(_ file: String) -> [Substring] {
    guard let data = try? FileReading.data(URL(filePath: file), limit: SourceLines.byteLimit) else {
      return []
    }
    return String(decoding: data, as: UTF8.self)
      .split(omittingEmptySubsequences: false) { $0.isNewline }
  }
}
