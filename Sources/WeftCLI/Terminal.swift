import Foundation
import Synchronization
import Weft

/// What the command line writes besides its results.
enum Terminal {
  /// Whether standard error is a terminal that shows colours.
  static var errorIsColored: Bool { isColored(2) }

  /// Whether standard output is a terminal that shows colours.
  static var outputIsColored: Bool { isColored(1) }

  private static func isColored(_ descriptor: Int32) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return isatty(descriptor) == 1 && environment["NO_COLOR", default: ""].isEmpty
      && environment["TERM"] != "dumb"
  }

  /// How many characters a line of standard output has room for: the terminal's, or 110 where it is
  /// none; at least 60.
  static var outputWidth: Int {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 110 }
    return max(60, Int(size.ws_col))
  }

  /// Writes diagnostics to standard error.
  static func report(_ diagnostics: [Diagnostic]) {
    if !diagnostics.isEmpty { error(diagnostics.rendered(color: errorIsColored) + "\n") }
  }

  /// Writes to standard error.
  static func error(_ text: String) {
    if !text.isEmpty { FileHandle.standardError.write(Data(text.utf8)) }
  }

  /// A line on standard error that says how far long work is; silent for the first second, and
  /// where standard error is no terminal.
  final class Progress: Sendable {
    private let what: String
    private let count: Int
    private let unit: String
    private let start = ContinuousClock.now
    private let shown = Mutex<ContinuousClock.Instant?>(nil)

    /// Progress of `count` pieces of work, which `unit` names.
    init(_ what: String, count: Int, unit: String) {
      self.what = what
      self.count = count
      self.unit = unit
    }

    /// What `body` gives, with progress shown while it works.
    static func showing<R>(
      _ what: String, count: Int, unit: String, _ body: ((Int) -> Void) throws -> R
    ) rethrows -> R {
      let progress = Progress(what, count: count, unit: unit)
      defer { progress.finish() }
      return try body { progress.advance(to: $0) }
    }

    /// Says that `done` pieces are done.
    func advance(to done: Int) {
      let now = ContinuousClock.now
      guard isatty(2) == 1, now - start > .seconds(1) else { return }
      let isDue = shown.withLock { last in
        if let last, now - last < .milliseconds(100), done < count { return false }
        last = now
        return true
      }
      guard isDue else { return }
      let seconds = (now - start) / .seconds(1)
      let rate = Double(done) / seconds
      let bar = String(repeating: "█", count: 20 * done / max(count, 1))
      let rest = String(repeating: "░", count: 20 - bar.count)
      let speed = "\(String(format: "%.1f", rate)) \(unit) a second"
      Terminal.error("\r\(what) \(bar)\(rest) \(done)/\(count), \(speed) ")
    }

    /// Removes the line, until more is done.
    func clear() {
      let wasShown = shown.withLock { last in
        defer { last = nil }
        return last != nil
      }
      if wasShown { Terminal.error("\r\u{1B}[K") }
    }

    /// Removes the line.
    func finish() { clear() }
  }
}
