import IR

/// One thing that is wrong with a graph file, and where.
///
///     minilm.weft:14:11: error: 'matmul' needs inner dimensions that agree: x is f32[4, 384], …
///        14 |   let y = matmul(x, weight)
///           |           ^~~~~~~~~~~~~~~~~
///        note: 384 is 'width', set at minilm.weft:3:10
///        help: transpose(weight) would be f32[1536, 512]
public struct Diagnostic: Error, Hashable, Sendable, Codable {
  /// How bad it is.
  public enum Severity: String, Hashable, Sendable, Codable {
    /// There is no model.
    case error
    /// There is a model, but the user may have meant something else.
    case warning
  }

  /// A part of a file; lines and columns count from 1, columns in UTF-8 bytes.
  public struct Range: Hashable, Sendable, Codable {
    /// The file as the user named it.
    public var file: String
    /// The first line.
    public var line: Int
    /// The first column.
    public var column: Int
    /// The last line.
    public var endLine: Int
    /// Just after the last column.
    public var endColumn: Int
    /// The text of the first line.
    public var text: String

    /// A part of a file.
    public init(
      file: String, line: Int, column: Int, endLine: Int, endColumn: Int, text: String
    ) {
      self.file = file
      self.line = line
      self.column = column
      self.endLine = endLine
      self.endColumn = endColumn
      self.text = text
    }

    /// The place where it starts.
    public var start: SourceLocation { SourceLocation(file: file, line: line, column: column) }
  }

  /// What else there is to know.
  public struct Note: Hashable, Sendable, Codable {
    /// The sentence; it names the places it speaks of.
    public var text: String

    /// A note.
    public init(_ text: String) { self.text = text }
  }

  /// How bad it is.
  public var severity: Severity
  /// Where it is; nil for what no file says, such as a `--set`.
  public var range: Range?
  /// What is wrong: what was expected, and what was found.
  public var message: String
  /// What else there is to know, in order.
  public var notes: [Note]
  /// What to do about it.
  public var help: String?

  /// A diagnostic from its parts.
  public init(
    _ severity: Severity, at range: Range?, _ message: String, notes: [Note] = [],
    help: String? = nil
  ) {
    self.severity = severity
    self.range = range
    self.message = message
    self.notes = notes
    self.help = help
  }
}

extension SourceText {
  /// The place of `span` for people.
  func range(_ span: Span) -> Diagnostic.Range {
    let (start, end) = (location(at: span.start), location(at: span.end))
    return Diagnostic.Range(
      file: name, line: start.line, column: start.column, endLine: end.line,
      endColumn: end.column, text: text(ofLine: start.line - 1))
  }

  func error(_ span: Span, _ message: Message, notes: [String] = []) -> Diagnostic {
    Diagnostic(
      .error, at: range(span), message.text, notes: notes.map { .init($0) }, help: message.help)
  }
}
