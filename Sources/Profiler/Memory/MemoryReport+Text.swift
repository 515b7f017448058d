extension MemoryReport {
  /// The arena, for people.
  public var text: String {
    var lines = [
      "arena \(Figures.bytes(arena)) for \(buffers) buffers, lower bound"
        + " \(Figures.bytes(lowerBound)), ratio \(Figures.fixed(ratio, 3))",
      "\(views) views, \(inPlace) results in place; weights: \(Figures.bytes(packedWeights)) packed,"
        + " \(Figures.bytes(constants)) as they are",
    ]
    guard !aliveAtPeak.isEmpty else { return lines.joined(separator: "\n") }
    lines.append("peak at step \(peakStep) (\(peakOp)), alive:")
    var table = TextTable(
      columns: [
        .init("size", .right), .init("value"), .init("type", shrinks: true),
        .init("layer", shrinks: true),
      ], width: 100)
    for value in aliveAtPeak {
      table.add([Figures.bytes(value.byteCount), value.name, value.type, value.layer])
    }
    return (lines + [table.text]).joined(separator: "\n")
  }
}
