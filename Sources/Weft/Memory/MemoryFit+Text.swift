extension MemoryFit {
  /// How many parts the text lists.
  private static let listed = 12

  /// The answer for people.
  ///
  /// - Parameters:
  ///   - graph: the graph file, for the commands that run the model so.
  ///   - weights: the option that says where weights come from.
  ///   - settings: options of the model, such as `--set layers=2`.
  public func text(graph: String, weights: String, settings: [String] = []) -> String {
    let bindings = bindings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      .joined(separator: ",")
    var table = TextTable(columns: [
      .init("choice"), .init("saves", .right), .init("leaves", .right), .init(""),
    ])
    var left = before
    table.add(["as it is", "", Figures.bytes(before), ""])
    for choice in choices {
      left -= choice.saved
      table.add([choice.option, Figures.bytes(choice.saved), Figures.bytes(left), choice.meaning])
    }
    let heading =
      "\(model)\(bindings.isEmpty ? "" : ", " + bindings):"
      + " \(Figures.bytes(limit)) allowed, \(Figures.bytes(peak)) needed at the peak"
    return [heading, table.text, fits ? commands(graph, weights, settings, bindings) : obstacles]
      .joined(separator: "\n\n")
  }

  /// The command lines that run the model with what was chosen.
  private func commands(
    _ graph: String, _ weights: String, _ settings: [String], _ bindings: String
  ) -> String {
    let bind = bindings.isEmpty ? [] : ["--bind \(bindings)"]
    let flags = settings + bind + choices.map(\.option).filter { !$0.hasPrefix("--scheme") }
    var lines: [[String]] = []
    if let scheme {
      let file = graph.split(separator: "/").last.map(String.init) ?? graph
      let folder = "\(file.split(separator: ".").first ?? "model")-\(scheme.shortName)"
      lines.append(
        ["weft quantize \(graph)", weights] + settings
          + ["--scheme \(scheme.rawValue)", "-o \(folder)"])
      lines.append(["weft run \(folder)/\(file)", "--weights \(folder)"] + flags)
    } else {
      lines.append(["weft run \(graph)", weights] + flags)
    }
    return (["It fits:"] + lines.map { "  " + $0.joined(separator: " ") }).joined(separator: "\n")
  }

  private var obstacles: String {
    var table = TextTable(
      columns: [
        .init("size", .right), .init(""), .init("name", shrinks: true),
        .init("line", shrinks: true),
      ], width: 100)
    for part in parts.prefix(Self.listed) {
      table.add([Figures.bytes(part.byteCount), part.kind, part.name, part.line])
    }
    if parts.count > Self.listed {
      let rest = parts.dropFirst(Self.listed).reduce(0) { $0 + $1.byteCount }
      table.add([Figures.bytes(rest), "", "\(parts.count - Self.listed) more", ""])
    }
    return
      (["It doesn't fit: \(Figures.bytes(peak - limit)) too much. What is in the way:", table.text]
      + hints.map { "help: \($0)" }).joined(separator: "\n")
  }
}
