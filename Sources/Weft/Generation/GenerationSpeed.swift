import Foundation

/// How fast texts were generated.
public struct GenerationSpeed: Sendable {
  /// What went through the model.
  public var counts = GenerationCounts()
  /// Seconds to the end.
  public var seconds = 0.0
  /// Seconds to the first token of the first text.
  public var firstTokenSeconds = 0.0
  /// Tokens that were generated when the first one came: as many as there were texts that had one.
  var firstTokens = 0
  /// Bytes of weights that a run reads for one token.
  public var weightBytes: Int?
  /// What reading a block of that size over and over reaches, in 10⁹ bytes a second.
  public var readGigabytesPerSecond: Double?

  private let start = ContinuousClock.now

  /// Begins now.
  public init() {}

  private var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }

  /// Notes what a step added.
  public mutating func note(_ event: GenerationEvent) {
    // A text may end with its first token, of which no text comes.
    guard firstTokens == 0, !event.tokens.isEmpty || event.finish != nil else { return }
    firstTokenSeconds = elapsed
    firstTokens = 1
  }

  /// Ends now.
  public mutating func finish(_ counts: GenerationCounts) {
    seconds = elapsed
    self.counts = counts
  }

  /// Measures what share of the memory's speed was reached, in about half a second.
  public mutating func measureBandwidth(
    of model: Model, slots: Int, capacity: Int, format: StateFormat
  ) throws {
    guard let entry = try? model.entry("decode") else { return }
    let planned = try entry.plan(
      for: ["tokens": 1, "slots": slots, "capacity": capacity], states: format)
    let ceilings = try Ceilings.measure(
      for: planned, table: model.shared.table, threads: model.executor.threads)
    weightBytes = planned.weightByteCount
    readGigabytesPerSecond = ceilings.weights.gigabytesPerSecond
  }

  /// Tokens of prompts a second, until the first token.
  public var promptTokensPerSecond: Double {
    Double(counts.prompt - counts.reused) / max(firstTokenSeconds, 1e-9)
  }

  /// Tokens a second after the first.
  public var tokensPerSecond: Double {
    Double(max(0, counts.generated - firstTokens)) / max(seconds - firstTokenSeconds, 1e-9)
  }

  /// What part of the memory's speed reading the weights took: 1 is all.
  public var bandwidthShare: Double? {
    guard let weightBytes, let readGigabytesPerSecond, counts.generated > counts.runs / 2 else {
      return nil
    }
    let runs = Double(max(0, counts.runs - firstTokens))
    let speed = Double(weightBytes) * runs / max(seconds - firstTokenSeconds, 1e-9)
    return speed / (readGigabytesPerSecond * 1e9)
  }

  /// A line on it.
  public var text: String {
    var parts = [
      "\(counts.prompt.grouped) tokens of prompt"
        + (counts.reused > 0 ? " (\(counts.reused.grouped) known)" : "")
        + String(
          format: ", %.1f a second, first token after %.3f s", promptTokensPerSecond,
          firstTokenSeconds),
      "\(counts.generated.grouped) generated"
        + (counts.generated > firstTokens
          ? String(format: ", %.1f a second", tokensPerSecond) : ""),
    ]
    if let share = bandwidthShare, let speed = readGigabytesPerSecond {
      parts.append(String(format: "%.0f %% of the memory's %.1f GB/s", 100 * share, speed))
    }
    if counts.drafted > 0 {
      parts.append("\(counts.accepted.grouped) of \(counts.drafted.grouped) drafted tokens kept")
    }
    return parts.joined(separator: "; ")
  }
}
