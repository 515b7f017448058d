extension Formatter {
  mutating func statement(_ statement: Statement) {
    leading(statement.trivia)
    switch statement.kind {
    case .setting(let setting, let value):
      line(
        "\(setting.rawValue) "
          + (setting == .task ? value.text : StringEscapes.quoted(value.text)))
    case .config(let items):
      let layouts = items.map(layout)
      write("config ", items.count == 1 ? layouts[0] : .fill(Formatter.commaSeparated(layouts)))
    case .require(let condition, let message):
      write("require ", .fill(Formatter.requirement(condition, message)))
    case .input(let name, let type): line("input \(name.text): \(Formatter.text(type))")
    case .output(let name, let type, let value):
      write("output \(name.text)\(annotation(type)) = ", Formatter.layout(value))
    case .param(let name, let type, let initializer, let path):
      let declared = "param \(name.text): \(Formatter.text(type))"
      let value = initializer.map { " = " + Formatter.layout($0).flat } ?? ""
      write(
        "",
        path.map { .suffixed(.text(declared + value), Formatter.text($0)) }
          ?? .text(declared + value))
    case .state(let name, let type, let path):
      let declared = Layout.text("state \(name.text): \(Formatter.text(type))")
      write("", path.map { .suffixed(declared, Formatter.text($0)) } ?? declared)
    case .variable(let isMutable, let names, let type, let value):
      let list = names.map(\.text).joined(separator: ", ")
      write(
        (isMutable ? "var " : "let ") + (names.count == 1 ? list : "(\(list))")
          + "\(annotation(type)) = ", Formatter.layout(value))
    case .assignment(let name, let value): write("\(name.text) = ", Formatter.layout(value))
    case .loop(let name, let low, let high, let body):
      write(
        "for \(name.text) in ",
        .sequence([Formatter.layout(low), .text(" ..< "), Formatter.layout(high)]), suffix: " {")
      block(body)
    case .conditional(let branches, let otherwise): conditional(branches, otherwise)
    case .return(let values):
      if values.count == 1 {
        write("return ", Formatter.layout(values[0]))
      } else {
        write(
          "return ",
          .brackets(
            open: "(", Formatter.commaSeparated(values.map(Formatter.layout)), close: ")"))
      }
    case .entry(let name, let body):
      line("entry \(name.text) {")
      block(body)
    }
    trailing(statement.trivia)
  }

  private func annotation(_ type: TypeSyntax?) -> String {
    type.map { ": \(Formatter.text($0))" } ?? ""
  }

  private func layout(_ item: ConfigItem) -> Layout {
    var text = item.name.text + annotation(item.type)
    if let value = item.value { text += " = " + Formatter.layout(value).flat }
    let keys = item.keys.enumerated().map { i, key in
      Layout.text((i == 0 ? "from " : "or ") + StringEscapes.quoted(key.text))
    }
    return keys.isEmpty ? .text(text) : .fill([.text(text)] + keys)
  }

  private mutating func conditional(_ branches: [Branch], _ otherwise: Block?) {
    for (i, branch) in branches.enumerated() {
      write(i == 0 ? "if " : "} else if ", Formatter.layout(branch.condition), suffix: " {")
      block(branch.body)
      if i < branches.count - 1 || otherwise != nil { dropLine() }
    }
    if let otherwise {
      line("} else {")
      block(otherwise)
    }
  }
}
