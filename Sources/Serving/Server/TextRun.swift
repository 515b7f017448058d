import Foundation
import Hummingbird
import NIOCore
import Weft

/// The texts of one request on their way.
struct TextRun: Sendable {
  let answer: TextAnswer
  private let model: ServedModel
  private let tickets: [GenerationService.Ticket]

  /// Asks for all texts of a request, or for none.
  init(_ request: TextRequest, _ model: ServedModel) throws(GenerationError) {
    self.model = model
    answer = TextAnswer(request, model)
    var tickets: [GenerationService.Ticket] = []
    do throws(GenerationError) {
      for prompt in request.prompts {
        for i in 0..<request.count {
          var options = request.options
          options.sampling.seed &+= UInt64(i)
          tickets.append(try model.service.generate(prompt, options))
        }
      }
    } catch {
      for ticket in tickets { model.service.cancel(ticket) }
      throw error
    }
    self.tickets = tickets
  }

  private func cancel() {
    for ticket in tickets { model.service.cancel(ticket) }
  }

  /// All texts once they have ended. A client that leaves ends them.
  func whole(_ request: Request) async throws -> [GeneratedText] {
    try await request.body.consumeWithInboundCloseHandler { _ in
      var texts: [GeneratedText] = []
      for ticket in tickets {
        var text = GeneratedText()
        for await event in ticket.events { text.add(event) }
        if case .failed(let error) = text.finish {
          cancel()
          throw error
        }
        texts.append(text)
      }
      return texts
    } onInboundClosed: {
      cancel()
    }
  }

  /// The texts as they come, as server-sent events.
  func stream(_ request: Request) -> Response {
    Response(
      status: .ok,
      headers: [
        .contentType: "text/event-stream", .cacheControl: "no-cache", .connection: "close",
      ],
      body: .init { writer in
        do {
          try await request.body.consumeWithInboundCloseHandler { _ in
            try await write(to: &writer)
          } onInboundClosed: {
            cancel()
          }
          try await writer.finish(nil)
        } catch {
          cancel()
          throw error
        }
      })
  }

  private func write(to writer: inout any ResponseBodyWriter) async throws {
    var generated = [Int](repeating: 0, count: tickets.count)
    if answer.request.isChat {
      for i in tickets.indices { try await Self.send(answer.opening(i), to: &writer) }
    }
    for try await (i, event) in merged {
      generated[i] += event.tokens.count
      if case .stopToken? = event.finish { generated[i] += 1 }
      if case .failed(let error)? = event.finish {
        try await Self.send(ServerError(error).json, to: &writer)
      } else if !event.text.isEmpty || event.finish != nil
        || answer.request.options.logProbabilities != nil
      {
        try await Self.send(answer.part(i, event), to: &writer)
      }
    }
    if answer.request.includesUsage {
      try await Self.send(answer.closing(generated), to: &writer)
    }
    try await writer.write(ByteBuffer(string: "data: [DONE]\n\n"))
  }

  /// The events of all texts as they come.
  private var merged: AsyncStream<(Int, GenerationEvent)> {
    AsyncStream { continuation in
      let task = Task {
        await withTaskGroup(of: Void.self) { group in
          for (i, ticket) in tickets.enumerated() {
            group.addTask { for await event in ticket.events { continuation.yield((i, event)) } }
          }
        }
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  private static func send(
    _ value: JSONValue, to writer: inout any ResponseBodyWriter
  ) async throws {
    try await writer.write(ByteBuffer(string: "data: \(value.text)\n\n"))
  }
}
