import Dispatch
import Foundation
import Synchronization

/// Calls functions of a plugin on a thread of its own, and gives up on one that doesn't return.
///
/// The thread is abandoned then: it runs on until the process ends, and no function of the plugin is
/// asked for anything again. What the function was given stays alive with it.
final class Watchdog: Sendable {
  /// Why a function wasn't called to its end.
  enum Failure: Error {
    /// It didn't return within the limit.
    case late
    /// Another one didn't return before.
    case abandoned
  }

  let plugin: String
  let limit: Duration
  private let worker = Mutex<Worker?>(nil)
  private let abandoned = Atomic(false)

  /// Whether a function didn't return; told without waiting for one that runs.
  var isAbandoned: Bool { abandoned.load(ordering: .acquiring) }

  init(plugin: String, limit: Duration) {
    self.plugin = plugin
    self.limit = limit
  }

  /// Runs `body` to its end, one at a time.
  func run(_ body: @escaping @Sendable () -> Void) throws(Failure) {
    let failure: Failure? = worker.withLock { worker in
      if isAbandoned { return .abandoned }
      let thread = worker ?? Worker(name: "weft plugin \(plugin)")
      worker = thread
      guard thread.run(body, slices: slices) else {
        abandoned.store(true, ordering: .releasing)
        worker = nil
        return .late
      }
      return nil
    }
    if let failure { throw failure }
  }

  /// The limit in slices of 50 ms. A process that was stopped for a while has used up one slice.
  private var slices: Int {
    let (seconds, attoseconds) = limit.components
    return max(1, Int(clamping: seconds) * 20 + Int(attoseconds / 50_000_000_000_000_000))
  }
}

/// A thread that does one job after the other.
private final class Worker: Sendable {
  private let jobs = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)
  private let job = Mutex<(@Sendable () -> Void)?>(nil)

  /// A thread; it lives as long as the process.
  init(name: String) {
    let thread = Thread { [self] in
      while true {
        jobs.wait()
        job.withLock { $0.take() }?()
        done.signal()
      }
    }
    thread.name = name
    thread.stackSize = 1 << 20
    thread.start()
  }

  /// Whether `body` ended within `slices` of 50 ms.
  func run(_ body: @escaping @Sendable () -> Void, slices: Int) -> Bool {
    job.withLock { $0 = body }
    jobs.signal()
    for _ in 0..<slices where done.wait(timeout: .now() + .milliseconds(50)) == .success {
      return true
    }
    return false
  }
}
