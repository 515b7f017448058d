import IR

/// Collects what is wrong with a program; the same thing only once.
final class Reporter {
  private struct Key: Hashable {
    var file: Int
    var start: Int
    var end: Int
    var context: [SourceLocation]
    var text: String
  }

  /// The program's files.
  var sources: [SourceText] = []
  private var found: [(span: Span?, diagnostic: Diagnostic)] = []
  private var seen: Set<Key> = []
  private(set) var errorCount = 0

  /// Whether so much is wrong that nothing more will be said.
  var isFull: Bool { errorCount >= 4 * Limits.diagnostics }

  /// Whether anything was reported that leaves no model.
  var hasErrors: Bool { errorCount > 0 }

  /// Reports an error at `span`.
  func error(_ span: Span, _ message: Message, notes: [String] = []) {
    report(.error, span, message, notes: notes)
  }

  /// Reports an error of one call of a layer, which is said once for all trips of a loop.
  func error(_ span: Span, _ message: Message, notes: [String], calls: [SourceLocation]) {
    let place = Key(file: span.file, start: span.start, end: span.end, context: calls, text: "")
    if seen.insert(place).inserted { report(.error, span, message, notes: notes) }
  }

  /// Reports what may be a mistake.
  func warning(_ span: Span, _ message: Message, notes: [String] = []) {
    report(.warning, span, message, notes: notes)
  }

  private func report(
    _ severity: Diagnostic.Severity, _ span: Span, _ message: Message, notes: [String]
  ) {
    let key = Key(
      file: span.file, start: span.start, end: span.end, context: [], text: message.text)
    guard seen.insert(key).inserted else { return }
    var diagnostic = sources[span.file].error(span, message, notes: notes)
    diagnostic.severity = severity
    add(diagnostic, at: span)
  }

  /// Reports what no file says.
  func error(_ message: Message, notes: [String] = []) {
    add(
      Diagnostic(
        .error, at: nil, message.text, notes: notes.map { .init($0) }, help: message.help),
      at: nil)
  }

  /// Adds a diagnostic that was made before.
  func add(_ diagnostic: Diagnostic, at span: Span?) {
    if diagnostic.severity == .error { errorCount += 1 }
    if found.count < 4 * Limits.diagnostics { found.append((span, diagnostic)) }
  }

  /// Everything in the order of the files and lines. Warnings are kept back while there are
  /// errors: many come from what the errors left out.
  var diagnostics: [Diagnostic] {
    let order = found.enumerated().sorted { a, b in
      let (x, y) = (a.element.span, b.element.span)
      let p = (x?.file ?? -1, x?.start ?? -1, a.offset)
      let q = (y?.file ?? -1, y?.start ?? -1, b.offset)
      return p < q
    }
    let all = order.map(\.element.diagnostic)
    let errors = all.filter { $0.severity == .error }
    return Array((errors.isEmpty ? all : errors).prefix(Limits.diagnostics))
  }

  /// The place of `span`'s start.
  func location(_ span: Span) -> SourceLocation { sources[span.file].location(at: span.start) }

  /// What stands at `span`, on one line and shortened.
  func text(_ span: Span, limit: Int = 40) -> String {
    sources[span.file].text(span).shortened(to: limit)
  }
}
