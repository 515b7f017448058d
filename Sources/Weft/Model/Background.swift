import Dispatch
import Synchronization

/// Work that goes on beside its maker's, on another thread, until somebody asks for its value.
final class Background<Value: Sendable>: Sendable {
  private let done = DispatchSemaphore(value: 0)
  private let result = Mutex<Result<Value, any Error>?>(nil)

  /// Starts `work`.
  init(_ work: @escaping @Sendable () throws -> Value) {
    DispatchQueue.global(qos: .userInitiated).async { [self] in
      let made = Result { try work() }
      result.withLock { $0 = made }
      done.signal()
    }
  }

  /// What the work gave or threw; waits for it.
  func value() throws -> Value {
    done.wait()
    done.signal()
    guard let made = result.withLock({ $0 }) else {
      preconditionFailure("the work signals after it has a result")
    }
    return try made.get()
  }
}
