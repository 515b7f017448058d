import GraphLanguage

extension WhyReport {
  /// The report for people; `colored` for a terminal.
  public func text(colored: Bool = false) -> String {
    var style = WhyStyle(colored: colored)
    var parts = [head(style)]
    for line in lines {
      if line.range.file != style.file, !line.range.file.isEmpty {
        parts.append(style.bold(line.range.file))
      }
      style.file = line.range.file
      parts.append(line.text(style))
    }
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// `MiniLM, entry main, batch=1,tokens=128: 91 ops became 40 steps`, and what there is to say
  /// besides.
  private func head(_ style: WhyStyle) -> String {
    var title = style.bold(model)
    if entry != "main" { title += ", entry \(entry)" }
    if !bindings.isEmpty { title += ", \(bindings)" }
    if !selection.isEmpty { title += ", \(style.bold(selection))" }
    if nodeCount > 0 {
      title +=
        ": " + Self.counted(nodeCount, "op") + " became "
        + Self.counted(stepCount, bindings.isEmpty ? "node" : "step")
    }
    return ([title] + notes).joined(separator: "\n")
  }

  private static func counted(_ count: Int, _ what: String) -> String {
    "\(count) \(what)\(count == 1 ? "" : "s")"
  }
}

extension WhyReport.Line {
  fileprivate func text(_ style: WhyStyle) -> String {
    var columns: [Int] = []
    for op in ops where !columns.contains(op.column) { columns.append(op.column) }
    var parts = [range.excerpt(color: style.colored, tint: "1;36", marks: columns)]
    parts += together.map { $0.text(style) }
    parts += nearMisses.map { $0.text(style) }
    return parts.joined(separator: "\n")
  }

  /// The near misses alone, under a line that says where they stand.
  func missText(_ style: WhyStyle) -> String {
    var parts: [String] = []
    if !range.file.isEmpty {
      parts.append(style.bold("\(range.file):\(range.line):\(range.column)"))
      parts.append(range.excerpt(color: style.colored, tint: "1;36"))
    }
    parts += nearMisses.map { $0.text(style) }
    return parts.joined(separator: "\n")
  }
}

extension WhyReport.Op {
  fileprivate func text(_ style: WhyStyle) -> String {
    let times = count > 1 ? " ×\(count)" : ""
    let (lead, columns) = (style.bold(op) + times, op.count + times.count)
    guard fates.count > 1 else {
      let head = style.row(4, lead, columns: columns, fates.first?.layerText ?? "", style.dim)
      return ([head] + (fates.first?.rows(6, style) ?? [])).joined(separator: "\n")
    }
    var rows = [style.row(4, lead, columns: columns, "")]
    let width = fates.map { "×\($0.count)".count }.max() ?? 0
    for fate in fates {
      let times = "×\(fate.count)".padded(to: width)
      rows.append(style.row(6, times, columns: width, fate.layerText, style.dim))
      rows += fate.rows(7 + width, style)
    }
    return rows.joined(separator: "\n")
  }
}

extension WhyReport.Fate {
  fileprivate var layerText: String { layers.joined(separator: ", ") }

  /// What passes did, a row each, and how it ended.
  fileprivate func rows(_ indent: Int, _ style: WhyStyle) -> [String] {
    var told: [WhyReport.Event] = []
    // Who made the constant is said at the end.
    for event in kind == .constant ? events.dropLast() : events[...]
    where event.pass != "input" && told.last != event { told.append(event) }
    let rows = told.map {
      style.row(indent, style.pass($0.pass) + ":", columns: $0.pass.count + 1, $0.message)
    }
    let (lead, text) = ending(style)
    let plain = ending(WhyStyle(colored: false)).lead
    return rows + [
      style.row(indent, style.arrow("→") + " " + lead, columns: plain.count + 2, text)
    ]
  }

  private func ending(_ style: WhyStyle) -> (lead: String, text: String) {
    switch kind {
    case .step: step(style)
    case .view: ("a view:", "nothing runs")
    case .beforeRun: ("computed once,", "before the run")
    case .constant: ("a constant,", "computed by \(events.last?.pass ?? "a pass")")
    case .simplified: ("nothing runs:", "a value that is there anyway stands for it")
    case .dropped where events.last?.pass == "input": ("nothing runs:", "no output hangs on it")
    case .dropped: ("nothing runs", "")
    }
  }

  private func step(_ style: WhyStyle) -> (lead: String, text: String) {
    let number = steps.isEmpty ? "" : "step\(steps.count == 1 ? "" : "s") \(stepList): "
    let lead = number + style.bold(results.joined(separator: ", "))
    var parts: [String] = []
    if !kernels.isEmpty { parts.append("by " + kernels.joined(separator: ", ")) }
    if isInPlace { parts.append("in place") }
    let more = companions.count - 5
    let others = companions.prefix(5).map { $0.text(style) }.joined(separator: ", ")
    if !companions.isEmpty {
      parts.append("with " + others + (more > 0 ? " and \(more) more" : ""))
    }
    if !helpers.isEmpty { parts.append("besides " + helpers.joined(separator: ", ")) }
    if parts.isEmpty, events.isEmpty { return (lead + ",", "a step of its own") }
    return (lead, parts.joined(separator: ", "))
  }

  /// `4`, `4, 9, 14 … 29`.
  private var stepList: String {
    let numbers = steps.map { String($0) }
    guard numbers.count > 5, let last = numbers.last else { return numbers.joined(separator: ", ") }
    return numbers.prefix(3).joined(separator: ", ") + " … " + last
  }
}

extension WhyReport.Companion {
  /// `2 × add (encoder.weft:13)`; in the file that is shown, `add (line 13)`.
  fileprivate func text(_ style: WhyStyle) -> String {
    let name = (count > 1 ? "\(count) × " : "") + op
    guard !file.isEmpty else { return name }
    let short = file.split(separator: "/").last.map(String.init) ?? file
    // Not to be broken: what stands in parentheses belongs to the name.
    return (name + (file == style.file ? " (line \(line))" : " (\(short):\(line))"))
      .replacing(" ", with: WhyStyle.blank)
  }
}

extension WhyReport.Miss {
  /// The near miss with what to change, under its line.
  func text(_ style: WhyStyle) -> String {
    let nearly = "nearly" + (count > 1 ? " ×\(count)" : "")
    var rows = [
      style.row(
        4, style.nearly(nearly) + " " + style.pass(pass) + ":",
        columns: nearly.count + pass.count + 2, message)
    ]
    func detail(_ lead: String, _ text: String, _ paint: (String) -> String) {
      if !text.isEmpty { rows.append(style.row(6, paint(lead), columns: lead.count, text, paint)) }
    }
    detail("in", layers.joined(separator: ", "), style.dim)
    let more = uses.count - 4
    detail(
      "used by", uses.prefix(4).joined(separator: ", ") + (more > 0 ? " and \(more) more" : ""),
      style.dim)
    if !hint.isEmpty { rows.append(style.row(6, style.arrow("help:"), columns: 5, hint)) }
    return rows.joined(separator: "\n")
  }
}
