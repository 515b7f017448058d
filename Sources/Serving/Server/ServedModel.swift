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
