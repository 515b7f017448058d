import Dispatch
import Foundation
import Synchronization

/// An engine on a thread of its own, which many callers ask for texts.
///
/// Thread, engine and the model's cache live until ``stop(within:)`` is called, also where the service itself is
/// let go.
///
/// ```swift
/// let service = GenerationService(engine, limits: .init(queue: 64))
/// for await event in try service.generate(prompt, options).events { print(event.text) }
/// ```
public final class GenerationService: Sendable {
  /// What callers may ask for.
  public struct Limits: Sendable {
    /// How many texts may wait for a slot.
    public var queue: Int
    /// How many seconds a text may take, waiting included.
    public var seconds: Double

    /// Limits from their parts.
    public init(queue: Int = 128, seconds: Double = 600) {
      self.queue = queue
      self.seconds = seconds
    }
  }

  /// A text that was asked for.
  public struct Ticket: Sendable {
    /// What becomes of it; ends with its last event. At most an event for each token waits here.
    public let events: AsyncStream<GenerationEvent>
    fileprivate let number: Int
  }

  /// What the service did so far.
  public struct Figures: Sendable {
    /// Texts that are being generated.
    public var active = 0
    /// Texts that wait for a slot.
    public var waiting = 0
    /// Texts that ended, by the word of their reason.
    public var ended: [String: Int] = [:]
    /// Texts that were refused since too many waited.
    public var refused = 0
    /// Tokens of all texts that ended.
    public var counts = GenerationCounts()
    /// Tokens that were generated, also of texts that haven't ended.
    public var generated = 0
    /// Runs of the model.
    public var steps = 0
    /// Seconds in these runs.
    public var stepSeconds = 0.0
    /// How many texts had their first token within each of ``firstTokenBounds``, and their sum.
    public var firstTokens = [Int](repeating: 0, count: firstTokenBounds.count)
    /// How many texts had a first token.
    public var firstTokenCount = 0
    /// The sum of the seconds to it.
    public var firstTokenSeconds = 0.0

    /// Bounds of the seconds to the first token.
    public static let firstTokenBounds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
  }

  private struct Request {
    var number: Int
    var prompt: [Int32]
    var options: GenerationOptions
    var events: AsyncStream<GenerationEvent>.Continuation
    var start: ContinuousClock.Instant
    var hasToken = false
  }

  private struct State {
    var made = 0
    var arrived: [Request] = []
    var leaving: Set<Int> = []
    var live = 0
    var isStopping = false
    var isAborting = false
    var figures = Figures()
  }

  /// An engine that was handed to the service's thread; nobody else touches it.
  private struct Owned: @unchecked Sendable {
    let engine: GenerationEngine
  }

  /// What callers may ask for.
  public let limits: Limits
  /// How many tokens the model knows.
  public let vocabulary: Int
  /// How many tokens prompt and text may have together.
  public let capacity: Int
  private let slots: Int
  private let state = Mutex(State())
  private let work = DispatchSemaphore(value: 0)
  private let stopped = DispatchSemaphore(value: 0)

  /// Takes over `engine`, which nobody else may use from now on.
  public init(_ engine: sending GenerationEngine, limits: Limits = Limits()) {
    self.limits = limits
    vocabulary = engine.model.vocabulary
    capacity = engine.model.capacity
    slots = engine.model.slots
    let owned = Owned(engine: engine)
    let thread = Thread { [self] in run(owned.engine) }
    thread.name = "generation"
    thread.start()
  }

  /// Asks for a text.
  ///
  /// - Throws: ``GenerationError`` for what the engine would refuse, and where too many wait.
  public func generate(
    _ prompt: [Int32], _ options: GenerationOptions
  ) throws(GenerationError) -> Ticket {
    try GenerationEngine.check(prompt, options, vocabulary: vocabulary, capacity: capacity)
    let (events, continuation) = AsyncStream.makeStream(of: GenerationEvent.self)
    let most = slots + limits.queue
    let number = state.withLock { state -> Int? in
      guard state.live < most, !state.isStopping else {
        state.figures.refused += 1
        return nil
      }
      state.live += 1
      state.made += 1
      state.arrived.append(
        Request(
          number: state.made, prompt: prompt, options: options, events: continuation, start: .now))
      return state.made
    }
    guard let number else { throw .queueFull(limit: limits.queue) }
    work.signal()
    return Ticket(events: events, number: number)
  }

  /// Ends a text that nobody wants any more.
  public func cancel(_ ticket: Ticket) {
    state.withLock { _ = $0.leaving.insert(ticket.number) }
    work.signal()
  }

  /// What the service did so far.
  public var figures: Figures { state.withLock { $0.figures } }

  /// Takes no more texts, generates those that were asked for to their end, and waits for it; ends
  /// what isn't done after `seconds`.
  public func stop(within seconds: Double = .infinity) {
    let isFirst = state.withLock { state -> Bool in
      defer { state.isStopping = true }
      return !state.isStopping
    }
    if isFirst { work.signal() }
    let limit: DispatchTime = seconds < 1e9 ? .now() + seconds : .distantFuture
    if stopped.wait(timeout: limit) == .timedOut {
      state.withLock { $0.isAborting = true }
      work.signal()
      stopped.wait()
    }
    stopped.signal()
  }

  private func run(_ engine: GenerationEngine) {
    var running: [SequenceID: Request] = [:]
    while true {
      let (arrived, leaving, isStopping, isAborting) = state.withLock { state in
        defer {
          state.arrived = []
          state.leaving = []
        }
        return (state.arrived, state.leaving, state.isStopping, state.isAborting)
      }
      for request in arrived { add(request, to: engine, &running) }
      let now = ContinuousClock.now
      for (id, request) in running {
        if isAborting || leaving.contains(request.number) {
          engine.cancel(id)
        } else if now - request.start > .seconds(limits.seconds) {
          engine.cancel(id, .failed(.timeout(seconds: limits.seconds)))
        }
      }
      if engine.isIdle {
        if isStopping { break }
        work.wait()
        continue
      }
      let events = step(engine)
      let seconds = (ContinuousClock.now - now) / .seconds(1)
      deliver(events, engine, &running, seconds: seconds)
    }
    stopped.signal()
  }

  private func add(
    _ request: Request, to engine: GenerationEngine, _ running: inout [SequenceID: Request]
  ) {
    do throws(GenerationError) {
      running[try engine.add(request.prompt, request.options)] = request
    } catch {
      // Checked before: only a bug leads here, and its caller is told.
      var event = GenerationEvent(SequenceID(number: 0))
      event.finish = .failed(error)
      request.events.yield(event)
      request.events.finish()
      state.withLock { $0.live -= 1 }
    }
  }

  private func step(_ engine: GenerationEngine) -> [GenerationEvent] {
    do { return try engine.step() } catch let error as GenerationError {
      return engine.endAll(.failed(error))
    } catch {
      return engine.endAll(.failed(.model("\(error)")))
    }
  }

  private func deliver(
    _ events: [GenerationEvent], _ engine: GenerationEngine,
    _ running: inout [SequenceID: Request], seconds: Double
  ) {
    let now = ContinuousClock.now
    var ended: [(FinishReason, GenerationCounts)] = []
    var first: [Double] = []
    for event in events {
      guard var request = running[event.sequence] else { continue }
      if !request.hasToken, !event.tokens.isEmpty {
        request.hasToken = true
        running[event.sequence] = request
        first.append((now - request.start) / .seconds(1))
      }
      request.events.yield(event)
      guard let finish = event.finish else { continue }
      request.events.finish()
      running[event.sequence] = nil
      ended.append((finish, engine.takeCounts(of: event.sequence) ?? GenerationCounts()))
    }
    let generated = events.reduce(0) { $0 + $1.tokens.count }
    state.withLock { state in
      state.live -= ended.count
      state.figures.note(ended, first, generated: generated, seconds: seconds)
      state.figures.active = engine.activeCount
      state.figures.waiting = engine.waitingCount + state.arrived.count
    }
  }
}

extension GenerationService.Figures {
  fileprivate mutating func note(
    _ ended: [(FinishReason, GenerationCounts)], _ first: [Double], generated: Int, seconds: Double
  ) {
    steps += 1
    stepSeconds += seconds
    self.generated += generated
    for (reason, counts) in ended {
      self.ended[reason.word, default: 0] += 1
      self.counts = self.counts + counts
    }
    for seconds in first {
      firstTokenCount += 1
      firstTokenSeconds += seconds
      for (i, bound) in Self.firstTokenBounds.enumerated() where seconds <= bound {
        firstTokens[i] += 1
      }
    }
  }
}
