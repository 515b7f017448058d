import Foundation
import Weft

/// A model that a server answers with.
struct ServedModel: Sendable {
  let name: String
  let texts: TextModel
  let service: GenerationService
  /// Tokens that a request may ask for.
  let mostTokens: Int
  let created = Int(Date().timeIntervalSince1970)

  /// Refuses another model's name; no name is this model's.
  func checkName(_ asked: String?) throws {
    guard let asked, asked != name else { return }
    throw ServerError(
      status: 404, type: "not_found_error",
      message: "there is no model \(asked.quotedForMessage); there is '\(name)'", field: "model")
  }
}

/// Vectors of texts beside, on a queue of their own.
final class ServedEmbedder: Sendable {
  let name: String
  private let embedder: SentenceEmbedder
  private let queue = DispatchQueue(label: "embedding")

  init(name: String, _ embedder: SentenceEmbedder) {
    self.name = name
    self.embedder = embedder
  }

  /// A vector for each text, and how many tokens these have.
  func embed(_ texts: [String]) async throws -> ([[Float]], Int) {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { [embedder] in
        continuation.resume(
          with: Result {
            var tokens = 0
            let vectors = try embedder.embed(texts) { tokens = $0.tokens }
            return (vectors, tokens)
          })
      }
    }
  }
}
