import Executor
import Foundation
import Tensors

/// Keeps the likeliest beginnings of a text instead of one.
///
/// The rules are those of transformers' `generate(num_beams:)` without sampling: of all
/// continuations the best `max(2, 1 + stop tokens) · beams` are looked at, those of the first
/// `beams` that end are finished, the best of the others go on; a finished text's score is its log
/// probability over its length to the power of `lengthPenalty`, and the search ends when no beam can
/// pass the worst finished one.
public struct BeamSearch: Sendable {
  /// How many beginnings are kept.
  public var beams: Int
  /// The power of the length that a score is divided by: above 0 favours long texts.
  public var lengthPenalty: Double
  /// Whether the search ends as soon as there are as many texts as beams.
  public var stopsEarly: Bool

  /// A text that was found.
  public struct Hypothesis: Sendable, Hashable {
    /// Its tokens, a stop token at the end included.
    public var tokens: [Int32]
    /// The sum of its tokens' log probabilities over the power of its length.
    public var score: Double
  }

  private struct Beam {
    var slot: Int
    var tokens: [Int32]
    var score: Double
  }

  private struct Continuation {
    var beam: Int
    var token: Int32
    var score: Double
    var ends: Bool
  }

  /// A search from its parts.
  public init(beams: Int, lengthPenalty: Double = 1, stopsEarly: Bool = false) {
    self.beams = beams
    self.lengthPenalty = lengthPenalty
    self.stopsEarly = stopsEarly
  }

  /// The best texts that go on from `prompt`, the best first; at most ``beams``.
  ///
  /// - Parameters:
  ///   - model: with at least ``beams`` slots, all of which are overwritten.
  ///   - progress: how many tokens the beams have.
  /// - Throws: ``GenerationError``, and what the model throws.
  public func search(
    _ prompt: [Int32], maximumTokens: Int, stopTokens: Set<Int32>, in model: any TokenModel,
    cancellation: Cancellation? = nil, progress: (Int) -> Void = { _ in }
  ) throws -> [Hypothesis] {
    try check(prompt, maximumTokens, model)
    for slot in 0..<beams { try model.truncate(slot, to: 0) }
    var running = [Beam(slot: 0, tokens: [], score: 0)]
    var rows = [
      try model.advance(
        [TokenPiece(slot: 0, tokens: prompt, wanted: .last)], cancellation: cancellation)[0]
    ]
    var finished: [Hypothesis] = []
    for length in 1...maximumTokens {
      let best = try continuations(of: running, rows, stopTokens, isLast: length == maximumTokens)
      let power = penalty(length)
      for one in best.prefix(beams) where one.ends {
        if stopsEarly, finished.count == beams { break }
        finished.append(
          Hypothesis(
            tokens: running[one.beam].tokens + [one.token], score: one.score / power))
      }
      finished = Array(finished.sorted { $0.score > $1.score }.prefix(beams))
      progress(length)
      let going = Array(best.filter { !$0.ends }.prefix(beams))
      guard let first = going.first, !isDone(finished, bestRunning: first.score / power) else {
        break
      }
      running = try move(running, to: going, prompt.count + length - 1, in: model)
      rows = try model.advance(
        running.map { TokenPiece(slot: $0.slot, tokens: $0.tokens.suffix(1), wanted: .last) },
        cancellation: cancellation)
    }
    return finished
  }

  private func check(
    _ prompt: [Int32], _ maximumTokens: Int, _ model: any TokenModel
  ) throws(GenerationError) {
    guard beams >= 1, beams <= model.slots else {
      throw .option(name: "beams", expected: "a number from 1 to \(model.slots)", found: "\(beams)")
    }
    guard lengthPenalty.isFinite else {
      throw .option(name: "length penalty", expected: "a number", found: "\(lengthPenalty)")
    }
    guard maximumTokens >= 1 else {
      throw .option(name: "max-tokens", expected: "a number from 1", found: "\(maximumTokens)")
    }
    guard !prompt.isEmpty else { throw .emptyPrompt }
    let (tokens, overflow) = prompt.count.addingReportingOverflow(maximumTokens - 1)
    guard !overflow, tokens <= model.capacity else {
      throw .tooLong(tokens: overflow ? .max : tokens, capacity: model.capacity)
    }
  }

  private func isDone(_ finished: [Hypothesis], bestRunning: Double) -> Bool {
    guard finished.count == beams, let worst = finished.last else { return false }
    return stopsEarly || bestRunning <= worst.score
  }

  private func penalty(_ length: Int) -> Double {
    lengthPenalty == 1 ? Double(length) : pow(Double(length), lengthPenalty)
  }

  /// The best continuations of all beams, the best first.
  private func continuations(
    of running: [Beam], _ rows: [Tensor], _ stopTokens: Set<Int32>, isLast: Bool
  ) throws(GenerationError) -> [Continuation] {
    let count = max(2, 1 + stopTokens.count) * beams
    var all: [Continuation] = []
    for (i, beam) in running.enumerated() {
      try rows[i].withRow(0) { row throws(GenerationError) in
        let normalizer = LogProbabilities.normalizer(row)
        guard normalizer.isFinite else { throw .notFinite }
        for token in LogProbabilities.largest(count, of: row) {
          all.append(
            Continuation(
              beam: i, token: Int32(token), score: beam.score + Double(row[token]) - normalizer,
              ends: isLast || stopTokens.contains(Int32(token))))
        }
      }
    }
    return Array(
      all.sorted { ($0.score, $1.beam, $1.token) > ($1.score, $0.beam, $0.token) }.prefix(count))
  }

  /// Gives each continuation a slot that holds its beam's tokens. The first of a beam keeps the
  /// beam's slot, so that only others are copied.
  private func move(
    _ running: [Beam], to going: [Continuation], _ length: Int, in model: any TokenModel
  ) throws -> [Beam] {
    var slots = [Int?](repeating: nil, count: going.count)
    var kept: Set<Int> = []
    for (i, one) in going.enumerated() where kept.insert(running[one.beam].slot).inserted {
      slots[i] = running[one.beam].slot
    }
    var free = (0..<beams).filter { !kept.contains($0) }
    return try going.enumerated().map { i, one in
      let parent = running[one.beam]
      let slot = slots[i] ?? free.removeLast()
      if slots[i] == nil { try model.copy(parent.slot, to: slot, length: length) }
      return Beam(slot: slot, tokens: parent.tokens + [one.token], score: one.score)
    }
  }
}
