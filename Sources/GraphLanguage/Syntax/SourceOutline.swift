import IR

/// What stands where in a graph file: for reports that show lines of it.
public struct SourceOutline: Sendable {
  /// What a line says.
  public enum Content: Hashable, Sendable {
    case blank
    case comment
    case `import`
    case head(String)
    case setting
    case config
    case require
    case input(String)
    case output(String)
    case parameter(String)
    case state(String)
    case loop
    case condition
    /// Layers that are called.
    case calls([String])
    /// A value that isn't a tensor, or one that is only named.
    case value
    /// The end of a block, or the middle of something longer.
    case other
  }

  /// The file.
  public let source: SourceText
  /// Every expression of the file, outer ones first.
  private let expressions: [Int: [Expression]]
  private let contents: [Int: Content]

  /// The outline of `source`; of a file with errors, of the statements that can be read.
  public init(_ source: SourceText) {
    self.source = source
    let breaks = source.bytes.count { $0 == UInt8(ascii: "\n") }
    lineCount = breaks + (source.bytes.last == UInt8(ascii: "\n") ? 0 : 1)
    let (file, _) = GraphLanguage.parse(source)
    var expressions: [Int: [Expression]] = [:]
    var contents: [Int: Content] = [:]
    for item in file.items {
      let (head, span, body): (Content, Span, Block?) =
        switch item {
        case .import(let item): (.import, item.span, nil)
        case .layer(let layer): (.head("layer \(layer.name.text)"), layer.span, layer.body)
        case .model(let model): (.head("model \(model.name.text)"), model.span, model.body)
        }
      let first = source.line(at: span.start)
      for line in first...max(first, source.line(at: (body?.span ?? span).start)) {
        contents[line] = head
      }
      for statement in body?.allStatements ?? [] {
        let all = statement.expressions.flatMap(\.all)
        for expression in all { expressions[expression.span.start, default: []].append(expression) }
        let end = statement.inner.first?.span.start ?? statement.span.end
        for line in source.line(at: statement.span.start)...source.line(at: max(end - 1, 0)) {
          contents[line] = Content(statement, all)
        }
      }
    }
    self.expressions = expressions
    self.contents = contents
  }

  /// The number of lines; one more than there are line breaks, unless the file ends with one.
  public let lineCount: Int

  /// What a line says; lines count from 1.
  public func content(ofLine line: Int) -> Content {
    if let content = contents[line - 1] { return content }
    let text = source.text(ofLine: line - 1).drop { $0 == " " || $0 == "\t" }
    return text.isEmpty ? .blank : text.hasPrefix("//") ? .comment : .other
  }

  /// The whole of a line, from its first letter.
  public func range(ofLine line: Int) -> Diagnostic.Range {
    let text = source.text(ofLine: line - 1)
    let start = text.utf8.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
    return Diagnostic.Range(
      file: source.name, line: line, column: start + 1, endLine: line,
      endColumn: text.utf8.count + 1, text: text)
  }

  /// The expression that starts at `location` and makes a node of `op`; nil where there is none.
  public func range(of op: String, at location: SourceLocation) -> Diagnostic.Range? {
    expression(of: op, at: location).map { source.range($0.span) }
  }

  /// The column that points at what makes a node of `op`: the operator between its operands, or the
  /// start.
  public func mark(of op: String, at location: SourceLocation) -> Int {
    guard case .binary(_, let left, let right)? = expression(of: op, at: location)?.kind else {
      return location.column
    }
    let between = source.bytes[left.span.end..<max(left.span.end, right.span.start)]
    let symbol = between.firstIndex {
      ![UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: ")")].contains($0)
    }
    let place = source.location(at: symbol ?? left.span.start)
    return place.line == location.line ? place.column : location.column
  }

  private func expression(of op: String, at location: SourceLocation) -> Expression? {
    guard (1...max(lineCount, 1)).contains(location.line) else { return nil }
    let offset = source.offset(ofLine: location.line - 1) + location.column - 1
    let found = expressions[offset] ?? []
    // What stands in brackets after a value makes slices and reshapes.
    let picked = found.first { if case .subscripted = $0.kind { true } else { false } }
    return found.first { $0.op == op } ?? picked ?? found.first
  }
}

extension Expression {
  /// The op that the expression is on tensors, by its name.
  fileprivate var op: String? {
    switch kind {
    case .unary(let op, _): op.op
    case .binary(let op, _, _): op.op
    case .call(let name, _): name.text
    default: nil
    }
  }
}

extension SourceOutline.Content {
  fileprivate init(_ statement: Statement, _ expressions: [Expression]) {
    let calls = expressions.compactMap { expression -> String? in
      guard case .call(let name, _) = expression.kind, name.text.first?.isUppercase == true else {
        return nil
      }
      return name.text
    }
    switch statement.kind {
    case .setting: self = .setting
    case .config: self = .config
    case .require: self = .require
    case .input(let name, _): self = .input(name.text)
    case .param(let name, _, _, _): self = .parameter(name.text)
    case .state(let name, _, _): self = .state(name.text)
    case .loop: self = .loop
    case .conditional: self = .condition
    case .entry(let name, _): self = .head("entry \(name.text)")
    case .output(let name, _, _) where calls.isEmpty: self = .output(name.text)
    case .output, .variable, .assignment, .return: self = calls.isEmpty ? .value : .calls(calls)
    }
  }

  /// What stands there, as the end of a sentence: "a parameter, 'weight'".
  public var description: String {
    switch self {
    case .blank: "nothing"
    case .comment: "a comment"
    case .import: "an import"
    case .head(let what): "the head of \(what)"
    case .setting: "a setting of the model"
    case .config: "a config"
    case .require: "a condition on configs, checked before anything is computed"
    case .input(let name): "the input '\(name)'"
    case .output(let name): "the output '\(name)', a value that is computed elsewhere"
    case .parameter(let name): "the parameter '\(name)'"
    case .state(let name): "the state '\(name)', which outlives a run"
    case .loop: "a loop, unrolled before anything is computed"
    case .condition: "a condition, decided before anything is computed"
    case .calls(let names): "a call of \(names.joined(separator: ", "))"
    case .value: "a number, a name for a value, or in a branch that isn't taken"
    case .other: "no statement of its own"
    }
  }
}
