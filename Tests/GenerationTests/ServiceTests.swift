import Foundation
import Testing

@testable import Generation

@Suite struct `The service` {
  private func service(
    slots: Int = 2, queue: Int = 100, seconds: Double = 60
  ) throws -> (GenerationService, HashModel) {
    let model = HashModel(slots: slots)
    return (
      GenerationService(
        try GenerationEngine(model), limits: .init(queue: queue, seconds: seconds)), model
    )
  }

  @Test func `gives many callers their own texts`() async throws {
    let (service, model) = try service(slots: 3)
    var options = GenerationOptions()
    options.maximumTokens = 20
    let asked = options
    try await withThrowingTaskGroup(of: (Int, [Int32]).self) { group in
      for i in 0..<24 {
        group.addTask {
          var text = GeneratedText()
          for await event in try service.generate([Int32(i)], asked).events { text.add(event) }
          return (i, text.tokens.map(\.id))
        }
      }
      for try await (i, tokens) in group {
        #expect(tokens == (try plainText(model, [Int32(i)], options)))
      }
    }
    #expect(service.figures.ended == ["length": 24])
    #expect(service.figures.firstTokenCount == 24)
    service.stop()
    #expect(throws: GenerationError.self) { try service.generate([1], options) }
  }

  @Test func `refuses more than may wait, and goes on`() async throws {
    let (service, model) = try service(slots: 1, queue: 2)
    var options = GenerationOptions()
    options.maximumTokens = 200
    let asked = options
    // The model is held, so that no text ends meanwhile.
    let tickets = try model.state.withLock { _ in
      let tickets = try (0..<3).map { _ in try service.generate([1], asked) }
      #expect(throws: GenerationError.queueFull(limit: 2)) { try service.generate([1], asked) }
      return tickets
    }
    for ticket in tickets { for await _ in ticket.events {} }
    let later = try service.generate([1], asked)
    for await _ in later.events {}
    #expect(service.figures.refused == 1)
    service.stop()
  }

  @Test func `ends what is cancelled or takes too long`() async throws {
    let (service, model) = try service(slots: 1)
    var options = GenerationOptions()
    options.maximumTokens = 250
    let asked = options
    let ticket = try model.state.withLock { _ in
      let ticket = try service.generate([1], asked)
      service.cancel(ticket)
      return ticket
    }
    var last: FinishReason?
    for await event in ticket.events { last = event.finish }
    #expect(last == .cancelled)
    service.stop()
    let (slow, _) = try self.service(slots: 1, seconds: 0)
    var reason: FinishReason?
    for await event in try slow.generate([1], options).events { reason = event.finish }
    #expect(reason == .failed(.timeout(seconds: 0)))
    slow.stop()
  }

  @Test func `tells callers that the model failed, and goes on`() async throws {
    let (service, model) = try service()
    model.state.withLock { $0.fails = true }
    var reason: FinishReason?
    for await event in try service.generate([1], GenerationOptions()).events {
      reason = event.finish
    }
    guard case .failed(.model)? = reason else { return #expect(Bool(false), "\(reason as Any)") }
    model.state.withLock { $0.fails = false }
    for await event in try service.generate([1], GenerationOptions()).events {
      reason = event.finish
    }
    #expect(reason == .length)
    service.stop()
  }

  @Test func `stops at once where time is up`() throws {
    let (service, _) = try service()
    var options = GenerationOptions()
    options.maximumTokens = 250
    for _ in 0..<50 { _ = try service.generate([1], options) }
    service.stop(within: 0)
    #expect(service.figures.active == 0)
  }
}
