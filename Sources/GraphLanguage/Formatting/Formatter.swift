/// Writes a syntax tree in the one canonical style.
///
/// Two spaces a level, 100 columns, one statement a line. Of the user's own layout only comments,
/// single blank lines and parentheses are kept, so that the same program always looks the same.
struct Formatter {
  private(set) var lines: [String] = []
  private var indentation = 0

  /// The text of `file`, ending with a newline; empty where there is nothing.
  static func text(of file: SourceFile) -> String {
    var formatter = Formatter()
    for (i, item) in file.items.enumerated() { formatter.item(item, isFirst: i == 0) }
    formatter.comments(file.trailing)
    return formatter.lines.isEmpty ? "" : formatter.lines.joined(separator: "\n") + "\n"
  }

  mutating func line(_ text: String) {
    lines.append(String(repeating: " ", count: indentation) + text)
  }

  private mutating func blank() { if lines.last?.isEmpty == false { lines.append("") } }

  mutating func comments(_ comments: [Comment]) {
    for comment in comments {
      if comment.followsBlank { blank() }
      line(text(comment))
    }
  }

  private func text(_ comment: Comment) -> String {
    (comment.isDocumentation ? "///" : "//") + (comment.text.isEmpty ? "" : " " + comment.text)
  }

  mutating func leading(_ trivia: Trivia) {
    comments(trivia.leading)
    if trivia.followsBlank { blank() }
  }

  mutating func trailing(_ trivia: Trivia) {
    if let comment = trivia.trailing { lines[lines.count - 1] += "  " + text(comment) }
  }

  /// Takes the `}` back that the next line begins with.
  mutating func dropLine() { lines.removeLast() }

  /// Writes `layout` after `prefix`, and `suffix` after it, breaking lines where they get long.
  mutating func write(_ prefix: String, _ layout: Layout, suffix: String = "") {
    var renderer = LayoutRenderer(prefix: String(repeating: " ", count: indentation) + prefix)
    renderer.render(layout, indentation: indentation, reserve: suffix.count)
    lines += (renderer.text + suffix).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
  }

  mutating func indented(_ body: (inout Formatter) -> Void) {
    indentation += 2
    body(&self)
    indentation -= 2
  }

  mutating func block(_ block: Block) {
    indented { formatter in
      for statement in block.statements { formatter.statement(statement) }
      formatter.comments(block.trailing)
    }
    line("}")
  }

  private mutating func item(_ item: SourceFile.Item, isFirst: Bool) {
    switch item {
    case .import(let item):
      leading(item.trivia)
      line("import \(StringEscapes.quoted(item.path.text))")
      trailing(item.trivia)
    case .layer(let layer):
      declaration(layer.trivia, isFirst: isFirst)
      header(layer)
      block(layer.body)
      trailing(layer.trivia)
    case .model(let model):
      declaration(model.trivia, isFirst: isFirst)
      line("model \(model.name.text) {")
      block(model.body)
      trailing(model.trivia)
    }
  }

  /// A blank line stands before every declaration with what documents it.
  private mutating func declaration(_ trivia: Trivia, isFirst: Bool) {
    let attached = trivia.leading.lastIndex { $0.followsBlank } ?? 0
    if !isFirst, trivia.leading.isEmpty || attached == 0 { blank() }
    leading(trivia)
  }

  private mutating func header(_ layer: LayerDeclaration) {
    let results =
      layer.results.count == 1
      ? Formatter.text(layer.results[0])
      : "(" + layer.results.map(Formatter.text).joined(separator: ", ") + ")"
    let head = "layer \(layer.name.text)("
    let items = layer.parameters.map { parameter in
      "\(parameter.name.text): \(Formatter.text(parameter.type))"
        + (parameter.value.map { " = " + Formatter.layout($0).flat } ?? "")
    }
    let flat = head + items.joined(separator: ", ") + ")"
    if layer.parameters.contains(where: { $0.trivia != Trivia() }) {
      line(head)
      indented { formatter in
        for (i, parameter) in layer.parameters.enumerated() {
          formatter.leading(parameter.trivia)
          formatter.line(items[i] + (i < items.count - 1 ? "," : ""))
          formatter.trailing(parameter.trivia)
        }
      }
      line(") -> \(results) {")
    } else if flat.count + results.count + 6 <= LayoutRenderer.width {
      line("\(flat) -> \(results) {")
    } else if flat.count <= LayoutRenderer.width {
      line(flat)
      line("  -> \(results)")
      line("{")
    } else {
      line(head)
      indented { formatter in
        var renderer = LayoutRenderer(prefix: "  ")
        renderer.render(
          .fill(Formatter.commaSeparated(items.map { .text($0) })), indentation: 0)
        formatter.lines += renderer.text.split(separator: "\n").map(String.init)
      }
      line(") -> \(results) {")
    }
  }
}
