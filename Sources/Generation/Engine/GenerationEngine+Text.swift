import Executor

/// A text that was generated to its end.
public struct GeneratedText: Sendable {
  /// The text, without the prompt.
  public internal(set) var text = ""
  /// Its tokens, stop tokens left out.
  public internal(set) var tokens: [GeneratedToken] = []
  /// Why it ended.
  public internal(set) var finish: FinishReason = .cancelled
  /// What it took.
  public internal(set) var counts = GenerationCounts()
}

extension GenerationEngine {
  /// Generates a text for each of `prompts` to its end, and says of each step what it added, with the
  /// prompt's position.
  ///
  /// A run that is cancelled ends all texts; what they are so far is kept.
  public func generate(
    _ prompts: [[Int32]], _ options: (Int) -> GenerationOptions,
    cancellation: Cancellation? = nil, progress: (Int, GenerationEvent) throws -> Void = { _, _ in }
  ) throws -> [GeneratedText] {
    var places: [SequenceID: Int] = [:]
    for (i, prompt) in prompts.enumerated() { try check(prompt, options(i)) }
    for (i, prompt) in prompts.enumerated() { places[try add(prompt, options(i))] = i }
    var texts = prompts.map { _ in GeneratedText() }
    func take(_ events: [GenerationEvent]) throws {
      for event in events {
        guard let i = places[event.sequence] else { continue }
        texts[i].text += event.text
        texts[i].tokens += event.tokens
        if let finish = event.finish {
          texts[i].finish = finish
          texts[i].counts = takeCounts(of: event.sequence) ?? GenerationCounts()
        }
        try progress(i, event)
      }
    }
    while !isIdle {
      do {
        try take(step(cancellation: cancellation))
      } catch {
        let wasCancelled = cancellation?.isCancelled ?? false
        try take(endAll(.cancelled))
        guard wasCancelled else { throw error }
      }
      if cancellation?.isCancelled ?? false, !isIdle { try take(endAll(.cancelled)) }
    }
    return texts
  }
}
