import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Weft

/// A model behind HTTP, with OpenAI's interface.
///
/// `/v1/completions`, `/v1/chat/completions`, `/v1/embeddings`, `/v1/models`, `/health`, `/metrics`:
/// Docs/Serving.md.
public struct Server: Sendable {
  private let options: ServerOptions
  private let routes: Routes

  /// A server of `texts`, and of vectors where there is an embedder.
  public init(
    _ texts: TextModel, options: ServerOptions, drafting: Drafting = .none,
    embedder: (name: String, embedder: SentenceEmbedder)? = nil
  ) throws {
    self.options = options
    let engine = try GenerationEngine(
      texts.tokenModel(slots: options.slots, capacity: options.capacity, format: options.format),
      tokenizer: texts.tokenizer, drafting: drafting)
    let service = GenerationService(engine, limits: options.limits)
    routes = Routes(
      model: ServedModel(
        name: options.name, texts: texts, service: service, mostTokens: options.mostTokens),
      embedder: embedder.map {
        ServedEmbedder(name: $0.name, $0.embedder, limits: options.limits)
      },
      apiKey: options.apiKey, bodyLimit: options.bodyLimit)
  }

  /// Serves until SIGTERM or SIGINT; then takes no more texts, and ends those that were begun.
  ///
  /// - Parameter ready: called with the port once requests are answered.
  public func run(ready: @escaping @Sendable (Int) -> Void = { _ in }) async throws {
    var logger = Logger(label: "weft")
    logger.logLevel = .error
    let stall = TimeAmount.seconds(Int64(options.stall))
    let routes = routes
    let dropLimit = saturatingProduct([16, max(options.bodyLimit, 1 << 20)])
    let application = Application(
      responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
        await routes.answer(request)
      },
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [
            StallHandler(limit: stall), UnreadBodyHandler(limit: dropLimit),
          ], idleTimeout: .seconds(120))),
      configuration: .init(address: .hostname(options.host, port: options.port)),
      onServerRunning: { ready($0.localAddress?.port ?? 0) }, logger: logger)
    var configuration = ServiceGroupConfiguration(
      services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(options.grace)
    try await ServiceGroup(configuration: configuration).run()
    await Task.detached { routes.model.service.stop(within: Double(options.grace)) }.value
  }

  /// ``run(ready:)`` from code that doesn't wait otherwise.
  public func runUntilStopped(ready: @escaping @Sendable (Int) -> Void = { _ in }) throws {
    let done = DispatchSemaphore(value: 0)
    let result = Outcome()
    Task.detached { [self] in
      do { try await run(ready: ready) } catch { result.error = error }
      done.signal()
    }
    done.wait()
    if let error = result.error { throw error }
  }

  /// Written before the semaphore is signalled, read after.
  private final class Outcome: @unchecked Sendable {
    var error: (any Error)?
  }
}
