import Dispatch
import Foundation
import Weft

/// Ctrl-C while work goes on.
enum Interrupt {
  /// Runs `body`; Ctrl-C cancels what it is given, so that the work stops cleanly. A second Ctrl-C
  /// ends the process at once.
  static func watching<R>(_ body: (Cancellation) throws -> R) throws -> R {
    let cancellation = Cancellation()
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler {
      signal(SIGINT, SIG_DFL)
      cancellation.cancel()
    }
    source.resume()
    defer {
      source.cancel()
      signal(SIGINT, SIG_DFL)
    }
    return try body(cancellation)
  }
}
