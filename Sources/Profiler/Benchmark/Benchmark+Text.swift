extension Benchmark {
  /// The benchmark for people, a line for each thing.
  public var text: String {
    let time =
      "\(Figures.milliseconds(median)) ms"
      + " (p10 \(Figures.milliseconds(p10)), p90 \(Figures.milliseconds(p90)),"
      + " fastest \(Figures.milliseconds(fastest)))"
    let speed =
      "\(Figures.short(gigaflopsPerSecond)) GFLOP/s, \(Figures.fixed(100 * peakShare, 1)) % of the"
      + " \(Figures.short(peakGigaflopsPerSecond)) that f32 multiply-adds reach here"
    let traffic =
      "\(Figures.short(gigabytesPerSecond)) GB/s:"
      + " \(Figures.bytes(bytes)) read and written by the steps of a run"
      + (peakGigabytesPerSecond.map { "; as much memory is read at \(Figures.short($0)) here" }
        ?? "")
    let bound = bindings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let lines = [
      (
        "runs",
        "\(runs), \(threads) \(threads == 1 ? "thread" : "threads")"
          + (bound.isEmpty ? "" : ", " + bound.joined(separator: ","))
      ), ("time", time), ("speed", speed), ("traffic", traffic),
      ("memory", "peak resident set \(peakResidentByteCount.map(Figures.bytes) ?? "unknown")"),
    ]
    let width = lines.map(\.0.count).max() ?? 0
    return lines.map { name, value in
      name + String(repeating: " ", count: width - name.count + 2) + value
    }.joined(separator: "\n")
  }
}
