import Synchronization

/// A sum that several threads add to.
final class Total: Sendable {
  private let sum = Mutex(0.0)

  var value: Double { sum.withLock { $0 } }

  func add(_ value: Double) { sum.withLock { $0 += value } }
}
