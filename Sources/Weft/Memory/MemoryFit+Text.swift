extension MemoryFit {
  /// How many parts the text lists.
  private static let listed = 12

  /// The answer for people.
  ///
  /// - Parameters:
  ///   - graph: the graph file, for the commands that run the model so.
  ///   - options: what the commands take besides.
  public func text(graph: String, options: String) -> String {
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
    return [heading, table.text, fits ? commands(graph, options, bindings) : obstacles]
      .joined(separator: "\n\n")
  }

  /// The command lines that run the model with what was chosen.
  private func commands(_ graph: String, _ options: String, _ bindings: String) -> String {
    let flags = choices.map(\.option).filter { !$0.hasPrefix("--scheme") }
    let bind = bindings.isEmpty ? [] : ["--bind \(bindings)"]
    guard let scheme else {
      return "It fits:\n  "
        + (["weft run \(graph)", options] + bind + flags).filter { !$0.isEmpty }
        .joined(separator: " ")
    }
    let file = graph.split(separator: "/").last.map(String.init) ?? graph
    let folder = "\(file.split(separator: ".").first ?? "model")-\(scheme.shortName)"
    let quantize = [
      "weft quantize \(graph)", options, "--scheme \(scheme.rawValue)", "-o \(folder)",
    ]
    let run = ["weft run \(folder)/\(file)", "--weights \(folder)"] + bind + flags
    return "It fits:\n  " + quantize.filter { !$0.isEmpty }.joined(separator: " ") + "\n  "
      + run.joined(separator: " ")
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
