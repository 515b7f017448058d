/// The language of graph files: text in, models and diagnostics out.
public enum GraphLanguage {
  /// The syntax tree of `source` and everything that is wrong with its syntax.
  ///
  /// Statements that can't be read are left out of the tree.
  public static func parse(_ source: SourceText) -> (file: SourceFile, diagnostics: [Diagnostic]) {
    var parser = Parser(source)
    let file = parser.file()
    return (file, parser.diagnostics)
  }

  /// The syntax tree of a text.
  public static func parse(
    _ text: String, name: String
  ) -> (file: SourceFile, diagnostics: [Diagnostic]) {
    parse(SourceText(name: name, bytes: Array(text.utf8)))
  }

  /// Whether `word` is a keyword, which nothing may be named.
  public static func isKeyword(_ word: String) -> Bool { Keyword(rawValue: word) != nil }

  /// The text of a syntax tree in the canonical style.
  public static func format(_ file: SourceFile) -> String { Formatter.text(of: file) }

  /// `source` in the canonical style, or its syntax errors.
  public static func format(_ source: SourceText) -> Result<String, FormatFailure> {
    let (file, diagnostics) = parse(source)
    return diagnostics.isEmpty
      ? .success(format(file)) : .failure(FormatFailure(diagnostics: diagnostics))
  }
}

/// A file that has no canonical form, because it can't be read.
public struct FormatFailure: Error, Sendable {
  /// What is wrong with it.
  public let diagnostics: [Diagnostic]
}

extension FormatFailure: CustomStringConvertible {
  /// The diagnostics as text.
  public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
