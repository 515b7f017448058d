import Foundation
import Synchronization
import Weft

/// Vectors of texts beside the texts that are generated: one request after the other, as many waiting
/// and as long as those may.
final class ServedEmbedder: Sendable {
  let name: String
  private let embedder: SentenceEmbedder
  private let limits: GenerationService.Limits
  private let queue = DispatchQueue(label: "embedding")
  /// Requests that wait or are worked on.
  private let open = Mutex(0)

  init(name: String, _ embedder: SentenceEmbedder, limits: GenerationService.Limits) {
    self.name = name
    self.embedder = embedder
    self.limits = limits
  }

  /// A vector for each text, and how many tokens these have.
  ///
  /// - Throws: `GenerationError.queueFull` where too many wait already, `.timeout` where it takes too long.
  func embed(_ texts: [String], _ cancellation: Cancellation) async throws -> ([[Float]], Int) {
    let isFull = open.withLock { open in
      // One is worked on and doesn't wait.
      if open > limits.queue { return true }
      open += 1
      return false
    }
    if isFull { throw GenerationError.queueFull(limit: limits.queue) }
    let deadline = ContinuousClock.now + .seconds(limits.seconds)
    return try await withCheckedThrowingContinuation { continuation in
      queue.async { [self] in
        let result = Result { try embed(texts, until: deadline, cancellation) }
        open.withLock { $0 -= 1 }
        continuation.resume(with: result)
      }
    }
  }

  private func embed(
    _ texts: [String], until deadline: ContinuousClock.Instant, _ cancellation: Cancellation
  ) throws -> ([[Float]], Int) {
    func isLate() -> Bool { ContinuousClock.now > deadline }
    do {
      if isLate() { cancellation.cancel() }
      if cancellation.isCancelled { throw ExecutionError.cancelled }
      var tokens = 0
      let vectors = try embedder.embed(texts, cancellation: cancellation) { done in
        tokens = done.tokens
        if isLate() { cancellation.cancel() }
      }
      return (vectors, tokens)
    } catch {
      throw isLate() ? GenerationError.timeout(seconds: limits.seconds) : error
    }
  }
}
