extension Profile {
  /// What the time of a run is made of, what the machine could do, and what came before, in lines of
  /// at most `width` characters.
  func summary(width limit: Int?) -> String {
    guard runs > 0 else { return "no run was timed" }
    var lines = [("a run", run), ("made of", made)]
    if let before { lines.append(("before", before)) }
    if let roofs { lines.append(("ceiling", roofs)) }
    if let gain { lines.append(("back", gain)) }
    if let peakResidentByteCount {
      lines.append(("memory", "peak resident set \(Figures.bytes(peakResidentByteCount))"))
    }
    if isDisturbed {
      lines.append(
        (
          "note",
          "the runs differ much: something else ran on this machine, and no figure is better than that"
        ))
    }
    let width = lines.map(\.0.count).max() ?? 0
    return lines.map { name, value in
      let indent = String(repeating: " ", count: width + 2)
      let text = Profile.wrapped(value, width: limit.map { max(40, $0 - indent.count) })
      return name.padded(to: width + 2) + text.joined(separator: "\n" + indent)
    }.joined(separator: "\n")
  }

  /// `text` in lines of at most `width` characters, broken after commas and semicolons.
  private static func wrapped(_ text: String, width: Int?) -> [String] {
    guard let width else { return [text] }
    var lines = [""]
    var phrase = ""
    func add(_ phrase: String) {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = phrase
      } else if last.count + 1 + phrase.count <= width {
        lines[lines.count - 1] += " " + phrase
      } else {
        lines.append(phrase)
      }
    }
    for word in text.split(separator: " ") {
      phrase += (phrase.isEmpty ? "" : " ") + word
      if word.hasSuffix(",") || word.hasSuffix(";") {
        add(phrase)
        phrase = ""
      }
    }
    if !phrase.isEmpty { add(phrase) }
    return lines
  }

  /// Whether the runs are too far apart to be one measurement.
  private var isDisturbed: Bool { runs >= 5 && p90 > 1.5 * fastest }

  private var run: String {
    let place = [model, entry == "main" ? "" : entry].filter { !$0.isEmpty }
      .joined(separator: ", ")
    let bound = bindings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let what = [place, bound.joined(separator: ",")].filter { !$0.isEmpty }
    return "\(Figures.milliseconds(wall)) ms"
      + " (p50 \(Figures.milliseconds(median)), p90 \(Figures.milliseconds(p90)),"
      + " p99 \(Figures.milliseconds(p99)), fastest \(Figures.milliseconds(fastest)))"
      + (what.isEmpty ? "" : " of " + what.joined(separator: " with "))
      + "; \(runs) \(runs == 1 ? "run" : "runs"), \(threads) \(threads == 1 ? "thread" : "threads")"
  }

  private var made: String {
    func part(_ name: String, _ time: Double) -> String {
      let percent = wall > 0 ? 100 * time / wall : 0
      return "\(name) \(Figures.milliseconds(time)) (\(Figures.fixed(percent, 1)) %)"
    }
    let wait = steps.reduce(0) { $0 + $1.wait }
    return [
      part("\(steps.count) steps", parts.steps)
        + (threads > 1 ? " in which a thread waits \(Figures.milliseconds(wait))" : ""),
      part("barriers", parts.barriers),
      part("preparing", parts.prepare), part("waking", parts.wake),
      part("finishing", parts.finish),
    ].joined(separator: ", ") + "; " + part("not explained", parts.rest)
      + (tracingPercent.map { percent in
        "; tracing costs " + (percent < 0.05 ? "nothing" : "\(Figures.fixed(percent, 1)) %")
      } ?? "")
  }

  private var before: String? {
    guard let phases else { return nil }
    let compile = phases.passes + phases.plan + phases.packing
    return (phases.startup.map { "start \(Figures.milliseconds($0)) ms, " } ?? "")
      + "compile \(Figures.milliseconds(compile)) (passes \(Figures.milliseconds(phases.passes)),"
      + " plan \(Figures.milliseconds(phases.plan)),"
      + " packing \(Figures.milliseconds(phases.packing))),"
      + " first run \(Figures.milliseconds(phases.firstRun)), then \(Figures.milliseconds(wall)) each"
  }

  private var roofs: String? {
    guard let ceilings else { return nil }
    func memory(_ bandwidth: Ceilings.Bandwidth) -> String {
      "\(Figures.short(bandwidth.gigabytesPerSecond)) GB/s for \(Figures.bytes(bandwidth.byteCount))"
    }
    return "\(Figures.short(ceilings.gigaflopsPerSecond)) GFLOP/s"
      + (ceilings.gigaflopsPerSecondBf16.map { ", \(Figures.short($0)) GFLOP/s in bf16" } ?? "")
      + (ceilings.gigaoperationsPerSecondInt8.map { ", \(Figures.short($0)) GOP/s in int8" } ?? "")
      + "; \(memory(ceilings.weights)) of weights and values,"
      + " \(memory(ceilings.values)) of values alone"
  }

  private var gain: String? {
    let all = Group(name: "", rows: steps)
    guard let back = all.recoverable, let share = all.ceilingPercent else { return nil }
    return "\(Figures.milliseconds(back)) ms, were every step at the ceiling;"
      + " the steps are at \(Figures.fixed(share, 1)) % of it"
  }
}
