import Foundation
import Hummingbird
import NIOCore
import Weft

/// Which path does what.
struct Routes: Sendable {
  let model: ServedModel
  let embedder: ServedEmbedder?
  let apiKey: String?
  let bodyLimit: Int

  /// The answer to a request; what goes wrong is an answer, too.
  func answer(_ request: Request) async -> Response {
    do {
      return try await route(request)
    } catch {
      let error = ServerError(error)
      var response = Self.json(error.json, status: error.status)
      if error.status == 429 { response.headers[.retryAfter] = "1" }
      // What is left of a body that is too large is dropped: `UnreadBodyHandler`.
      if error.status == 413 { response.headers[.connection] = "close" }
      return response
    }
  }

  private func route(_ request: Request) async throws -> Response {
    let path = request.uri.path
    let methods: [String: HTTPRequest.Method] = [
      "/health": .get, "/metrics": .get, "/v1/models": .get, "/v1/completions": .post,
      "/v1/chat/completions": .post, "/v1/embeddings": .post,
    ]
    let isModel = path.hasPrefix("/v1/models/")
    guard let method = isModel ? .get : methods[path] else {
      throw ServerError.notFound("path \(path.quotedForMessage)")
    }
    guard request.method == method else { throw ServerError.method(method.rawValue) }
    if path == "/health" { return Self.json(.object([("status", .string("ok"))])) }
    try checkKey(request)
    switch path {
    case "/metrics":
      return Self.text(Metrics.text(model.service.figures), "text/plain; version=0.0.4")
    case "/v1/models":
      return Self.json(
        .object([("object", .string("list")), ("data", .array(models))]))
    case "/v1/embeddings": return try await embed(request)
    case "/v1/completions": return try await generate(request, isChat: false)
    case "/v1/chat/completions": return try await generate(request, isChat: true)
    default:
      let name = String(path.dropFirst("/v1/models/".count)).removingPercentEncoding ?? ""
      guard let found = models.first(where: { $0.member("id") == .string(name) }) else {
        throw ServerError.notFound("model \(name.quotedForMessage)")
      }
      return Self.json(found)
    }
  }

  private func checkKey(_ request: Request) throws(ServerError) {
    guard let apiKey else { return }
    let given = Array((request.headers[.authorization] ?? "").utf8)
    let expected = Array("Bearer \(apiKey)".utf8)
    // Each byte is looked at, so that time tells nothing of the key.
    var difference = given.count ^ expected.count
    for i in expected.indices { difference |= Int(expected[i] ^ (i < given.count ? given[i] : 0)) }
    guard difference == 0 else { throw .unauthorized }
  }

  private var models: [JSONValue] {
    ([model.name] + (embedder.map { [$0.name] } ?? [])).map {
      .object([
        ("id", .string($0)), ("object", .string("model")), ("created", .integer(model.created)),
        ("owned_by", .string("weft")),
      ])
    }
  }

  private func body(_ request: inout Request) async throws -> Data {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyLimit {
      throw ServerError.tooLarge(bodyLimit)
    }
    do {
      return Data(buffer: try await request.collectBody(upTo: bodyLimit))
    } catch is NIOTooManyBytesError {
      throw ServerError.tooLarge(bodyLimit)
    }
  }

  private func embed(_ request: Request) async throws -> Response {
    guard let embedder else {
      throw ServerError.notFound("embedding model; start the server with --embedder")
    }
    var request = request
    let asked = try EmbeddingRequest(try await body(&request), name: embedder.name)
    let cancellation = Cancellation()
    let (vectors, tokens) = try await request.body.consumeWithInboundCloseHandler { _ in
      try await embedder.embed(asked.texts, cancellation)
    } onInboundClosed: {
      cancellation.cancel()
    }
    var response = Self.json(asked.answer(vectors, tokens: tokens, name: embedder.name))
    response.headers[.connection] = "close"
    return response
  }

  private func generate(_ request: Request, isChat: Bool) async throws -> Response {
    var request = request
    let asked = try TextRequest(try await body(&request), isChat: isChat, model: model)
    let run = try TextRun(asked, model)
    if asked.streams { return run.stream(request) }
    let texts = try await run.whole(request)
    var response = Self.json(run.answer.whole(texts))
    response.headers[.connection] = "close"
    return response
  }

  static func json(_ value: JSONValue, status: Int = 200) -> Response {
    var response = text(value.text, "application/json")
    response.status = HTTPResponse.Status(code: status)
    return response
  }

  private static func text(_ text: String, _ type: String) -> Response {
    Response(
      status: .ok, headers: [.contentType: type],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}

extension JSONValue {
  /// A member of an object.
  func member(_ key: String) -> JSONValue? {
    if case .object(let object) = self { object[key] } else { nil }
  }
}
