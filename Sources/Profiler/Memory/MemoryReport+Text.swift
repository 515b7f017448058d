extension MemoryReport {
  /// The report for people: what is resident, where it is told; the arena; the passes.
  public var text: String {
    var parts = [arenaText]
    if let resident { parts.insert(residentText(resident), at: 0) }
    if let passes { parts.append(Self.passTable(passes)) }
    return parts.joined(separator: "\n\n")
  }

  private var arenaText: String {
    var lines = [
      "arena \(Figures.bytes(arena)) for \(buffers) buffers, lower bound"
        + " \(Figures.bytes(lowerBound)), ratio \(Figures.fixed(ratio, 3))",
      "\(views) views save \(Figures.bytes(viewBytes)), \(inPlace) results in place"
        + " \(Figures.bytes(inPlaceBytes)); weights: \(Figures.bytes(packedWeights)) packed,"
        + " \(Figures.bytes(constants)) as they are",
    ]
    guard !aliveAtPeak.isEmpty else { return lines.joined(separator: "\n") }
    lines.append("peak at step \(peakStep) (\(peakOp)), alive:")
    var table = TextTable(
      columns: [
        .init("size", .right), .init("%", .right), .init("value"), .init("type", shrinks: true),
        .init("steps", .right), .init("layer", shrinks: true), .init("line", shrinks: true),
      ], width: 110)
    for buffer in aliveAtPeak {
      table.add([
        Figures.bytes(buffer.byteCount), Self.percent(buffer.byteCount, of: lowerBound),
        buffer.name, buffer.type, "\(buffer.first)–\(buffer.last)", buffer.layer,
        buffer.lineText,
      ])
    }
    return (lines + [table.text]).joined(separator: "\n")
  }

  private func residentText(_ resident: ResidentMemory) -> String {
    let peak = resident.peak
    let heading =
      [model ?? "", bindingText].filter { !$0.isEmpty }.joined(separator: ", ")
      + ": \(Figures.bytes(peak)) resident at the peak"
    var table = TextTable(columns: [
      .init(""), .init("size", .right), .init("%", .right), .init(""),
    ])
    for part in resident.parts(threads: threads ?? 1) where part.byteCount > 0 {
      table.add([
        part.name, Figures.bytes(part.byteCount), Self.percent(part.byteCount, of: peak),
        part.meaning,
      ])
    }
    table.addRule()
    table.add(["running", Figures.bytes(resident.whileRunning), "", ""])
    if resident.whilePacking > resident.whileRunning {
      table.add([
        "packing", Figures.bytes(resident.whilePacking), "",
        "a weight as it is stored stands beside its packed form",
      ])
    }
    let stored = storedWeights.map { ["weights \(Figures.bytes($0)) as stored"] } ?? []
    return ([heading, table.text] + stored).joined(separator: "\n")
  }

  /// `batch=1,tokens=128`
  var bindingText: String {
    (bindings ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      .joined(separator: ",")
  }

  private static func passTable(_ passes: [Pass]) -> String {
    var table = TextTable(columns: [
      .init("after pass"), .init("steps", .right), .init("results", .right),
      .init("alive at once", .right), .init("saved", .right),
    ])
    var before: Pass?
    for pass in passes {
      table.add([
        pass.name, "\(pass.steps)", Figures.bytes(pass.results), Figures.bytes(pass.lowerBound),
        before.map { Self.difference($0.lowerBound - pass.lowerBound) } ?? "",
      ])
      before = pass
    }
    if let first = passes.first, let last = passes.last, passes.count > 1 {
      table.addRule()
      table.add([
        "all", "\(last.steps)", Figures.bytes(last.results), Figures.bytes(last.lowerBound),
        Self.difference(first.lowerBound - last.lowerBound),
      ])
    }
    return table.text
  }

  private static func difference(_ saved: Int) -> String {
    saved == 0 ? "–" : (saved < 0 ? "-" : "") + Figures.bytes(abs(saved))
  }

  private static func percent(_ part: Int, of whole: Int) -> String {
    whole > 0 ? Figures.fixed(100 * Double(part) / Double(whole), 1) : "–"
  }
}

extension MemoryReport.Buffer {
  /// `bert.weft:14`: the file without its folder, and the line.
  var lineText: String {
    let parts = (line.split(separator: "/").last ?? "").split(separator: ":")
    return parts.prefix(2).joined(separator: ":")
  }
}

extension ResidentMemory {
  /// The parts, in the order in which a process comes to hold them, with what they are.
  func parts(threads: Int) -> [(name: String, byteCount: Int, meaning: String)] {
    [
      ("process", process ?? 0, "program, libraries, graph and plan, measured here"),
      ("weights, made", storedWeights, "drawn at random: no file gives them back"),
      ("weights, packed", packedWeights, "in the layouts that kernels read"),
      ("weights, mapped", mappedWeights, "pages of the checkpoint that are read where they are"),
      ("arena", arena, "all intermediate values"),
      ("scratch", scratch, "of kernels, for \(threads) thread\(threads == 1 ? "" : "s")"),
      ("inputs", inputs, ""), ("outputs", outputs, ""),
      ("state", state, "kept from run to run"),
    ]
  }
}
