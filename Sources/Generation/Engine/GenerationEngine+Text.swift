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

  /// A text without tokens yet.
  public init() {}
}

extension GeneratedText {
  /// Adds what a step added.
  public mutating func add(_ event: GenerationEvent) {
    text += event.text
    tokens += event.tokens
    counts.generated += event.tokens.count
    if case .stopToken? = event.finish { counts.generated += 1 }
    finish = event.finish ?? finish
  }
}

extension GenerationEngine {
  /// Generates a text for each of `prompts` to its end, all in one way.
  public func generate(
    _ prompts: [[Int32]], _ options: GenerationOptions, cancellation: Cancellation? = nil,
    progress: (Int, GenerationEvent) throws -> Void = { _, _ in }
  ) throws -> [GeneratedText] {
    try generate(
      prompts.map { ($0, options) }, cancellation: cancellation, progress: progress)
  }

  /// Generates texts to their ends, and says of each step what it added, with the request's
  /// position.
  ///
  /// A run that is cancelled ends all texts; what they are so far is kept.
  public func generate(
    _ requests: [(prompt: [Int32], options: GenerationOptions)],
    cancellation: Cancellation? = nil,
    progress: (Int, GenerationEvent) throws -> Void = { _, _ in }
  ) throws -> [GeneratedText] {
    var places: [SequenceID: Int] = [:]
    for request in requests { try check(request.prompt, request.options) }
    for (i, request) in requests.enumerated() {
      places[try add(request.prompt, request.options)] = i
    }
    var texts = requests.map { _ in GeneratedText() }
    func take(_ events: [GenerationEvent]) throws {
      for event in events {
        guard let i = places[event.sequence] else { continue }
        texts[i].add(event)
        if event.finish != nil {
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
