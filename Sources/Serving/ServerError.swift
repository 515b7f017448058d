import Weft

/// What a client is told when a request can't be answered, in the form of OpenAI's interface.
struct ServerError: Error, Sendable {
  /// The HTTP status.
  var status: Int
  /// OpenAI's word for the kind of error.
  var type: String
  var message: String
  /// The field of the request that is wrong.
  var field: String?

  static func invalid(_ message: String, field: String? = nil) -> ServerError {
    ServerError(status: 400, type: "invalid_request_error", message: message, field: field)
  }

  static let unauthorized = ServerError(
    status: 401, type: "authentication_error",
    message: "this server wants the API key that it was started with, as a bearer token")

  static func notFound(_ what: String) -> ServerError {
    ServerError(status: 404, type: "not_found_error", message: "there is no \(what)")
  }

  static func method(_ allowed: String) -> ServerError {
    ServerError(
      status: 405, type: "invalid_request_error", message: "this path takes only \(allowed)")
  }

  static func tooLarge(_ limit: Int) -> ServerError {
    ServerError(
      status: 413, type: "invalid_request_error",
      message: "the body has more than the \(limit) bytes that this server reads")
  }

  static let stopping = ServerError(
    status: 503, type: "server_error", message: "the server is stopping")

  /// What a library's error is to a client.
  init(_ error: any Error) {
    switch error {
    case let error as ServerError: self = error
    case let error as JSONFieldError: self = .invalid("\(error)", field: error.path)
    case let error as JSONError: self = .invalid("the body isn't JSON: \(error)")
    case let error as TextModelError: self = .invalid("\(error)", field: "messages")
    case let error as GenerationError: self.init(generation: error)
    default:
      self = ServerError(status: 500, type: "server_error", message: "\(error)")
    }
  }

  init(status: Int, type: String, message: String, field: String? = nil) {
    self.status = status
    self.type = type
    self.message = message
    self.field = field
  }

  private init(generation error: GenerationError) {
    switch error {
    case .queueFull:
      self.init(status: 429, type: "rate_limit_error", message: "\(error)")
    case .timeout:
      self.init(status: 504, type: "timeout_error", message: "\(error)")
    case .notFinite, .logits, .model, .draftVocabulary:
      self.init(status: 500, type: "server_error", message: "\(error)")
    case .option, .emptyPrompt, .token, .tooLong:
      self.init(status: 400, type: "invalid_request_error", message: "\(error)")
    }
  }

  var json: JSONValue {
    .object([
      (
        "error",
        .object([
          ("message", .string(message)), ("type", .string(type)),
          ("param", field.map { .string($0) } ?? .null), ("code", .null),
        ])
      )
    ])
  }
}

extension JSONValue {
  /// An object from its members.
  static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    var object = JSONObject()
    for (key, value) in members { _ = object.append(key, value) }
    return .object(object)
  }
}
