import Synchronization

/// Stops runs from outside, between two tiles.
///
/// `cancel()` stores one flag: any thread may call it, a signal handler, too.
public final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)

  /// A cancellation that nobody has asked for.
  public init() {}

  /// Stops every run that was given this, now or later.
  public func cancel() { flag.store(true, ordering: .relaxed) }

  /// Whether ``cancel()`` was called.
  public var isCancelled: Bool { flag.load(ordering: .relaxed) }
}
