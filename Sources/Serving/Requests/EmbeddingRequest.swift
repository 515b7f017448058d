import Foundation
import Weft

/// What a client wants vectors of.
struct EmbeddingRequest: Sendable {
  let texts: [String]
  let isBase64: Bool

  init(_ body: Data, name: String) throws {
    var fields = try RequestFields(
      JSONField(try JSONParser.parse(body, limits: .init(depth: 64, values: 1_000_000))))
    if let asked = try fields.string("model"), asked != name {
      throw ServerError(
        status: 404, type: "not_found_error",
        message: "there is no model \(asked.quotedForMessage); there is '\(name)'", field: "model")
    }
    guard let input = try fields.field("input") else {
      throw ServerError.invalid("'input' is missing", field: "input")
    }
    if case .string(let text) = input.value {
      texts = [text]
    } else {
      texts = try input.elements().map { try $0.string() }
    }
    guard (1...2048).contains(texts.count) else {
      throw ServerError.invalid("'input' takes 1 to 2048 texts", field: "input")
    }
    let format = try fields.string("encoding_format") ?? "float"
    guard ["float", "base64"].contains(format) else {
      throw ServerError.invalid("'encoding_format' is float or base64", field: "encoding_format")
    }
    isBase64 = format == "base64"
    try fields.refuse("dimensions") { $0 == .null }
    try fields.finish()
  }

  /// The answer.
  func answer(_ vectors: [[Float]], tokens: Int, name: String) -> JSONValue {
    let data = vectors.enumerated().map { i, vector -> JSONValue in
      let numbers: JSONValue =
        isBase64
        ? .string(vector.withUnsafeBytes { Data($0) }.base64EncodedString())
        : .array(vector.map { .number(Double($0)) })
      return .object([
        ("object", .string("embedding")), ("index", .integer(i)), ("embedding", numbers),
      ])
    }
    return .object([
      ("object", .string("list")), ("data", .array(data)), ("model", .string(name)),
      (
        "usage",
        .object([("prompt_tokens", .integer(tokens)), ("total_tokens", .integer(tokens))])
      ),
    ])
  }
}
