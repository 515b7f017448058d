extension MemoryMap {
  /// The picture as SVG.
  public func svg() -> String {
    var svg = SVGWriter(
      width: frame.width, height: frame.height, name: MemoryMapStyle.name,
      title: "Memory of \(title)", style: MemoryMapStyle.css(appearance))
    svg.rectangle(x: 0, y: 0, width: frame.width, height: frame.height, [("class", "back")])
    drawHead(&svg)
    drawStrip(&svg)
    drawAxes(&svg)
    drawPeak(&svg)
    drawBuffers(&svg)
    drawMarks(&svg)
    drawBands(&svg)
    return svg.finish()
  }

  private func drawHead(_ svg: inout SVGWriter) {
    svg.words(title, x: 24, y: 36, [("class", "title ink")])
    let excess = report.arena - report.lowerBound
    let gap =
      excess == 0
      ? "none is wasted"
      : "\(Figures.bytes(excess)) more than the lower bound of \(Figures.bytes(report.lowerBound))"
    let facts =
      "arena \(Figures.bytes(report.arena)) for \(report.buffers) buffers, \(gap);"
      + " \(report.views) view\(report.views == 1 ? "" : "s"),"
      + " \(report.inPlace) result\(report.inPlace == 1 ? "" : "s") in place"
    svg.words(
      subtitle.isEmpty ? facts : "\(subtitle): \(facts)", x: 24, y: 58, [("class", "faint")])
    drawLegend(&svg)
  }

  private func drawLegend(_ svg: inout SVGWriter) {
    var seen: Set<Tint> = []
    let entries = tints.filter { seen.insert($0).inserted }
    // Neighbouring layers repeat their colours: the bands under the plot name them better.
    guard coloring == .kind else {
      svg.words(
        "Colours tell neighbouring layers apart.", x: 24, y: 83.5, [("class", "faint")])
      return
    }
    var x = 24.0
    for entry in entries.sorted(by: { $0.style < $1.style }) {
      svg.rectangle(
        x: x, y: 72, width: 14, height: 14, [("rx", "2"), ("class", entry.style)])
      svg.words(entry.name, x: x + 20, y: 83.5, [("class", "ink")])
      x += 20 + MemoryMapFrame.width(of: entry.name, size: 12) + 22
    }
  }

  /// What is alive in each step.
  private func drawStrip(_ svg: inout SVGWriter) {
    let base = frame.strip.top + frame.strip.height
    svg.rectangle(
      x: frame.left, y: frame.strip.top, width: frame.plotWidth, height: frame.strip.height,
      [("class", "panel")])
    for (step, (x, next)) in zip(report.steps.indices, columns).map({ ($0, $1) }) {
      let height = frame.stripHeight(report.steps[step].alive)
      guard height > 0 else { continue }
      svg.begin(
        "rect",
        SVGWriter.frame(x, base - height, max(next - x - 0.6, 0.4), height)
          + [("class", step == report.peakStep ? "mark" : "alive")])
      svg.element(
        "title", [],
        "step \(step), \(report.steps[step].op):"
          + " \(Figures.bytes(report.steps[step].alive)) alive")
      svg.end()
    }
    svg.words("alive", x: frame.left - 10, y: base - 2, anchor: "end", [("class", "faint small")])
  }

  private var columns: [(Double, Double)] {
    report.steps.indices.map { (frame.x($0), frame.x($0 + 1)) }
  }

  private func drawAxes(_ svg: inout SVGWriter) {
    svg.rectangle(
      x: frame.left, y: frame.plot.top, width: frame.plotWidth, height: frame.plot.height,
      [("class", "panel")])
    for offset in frame.ticks {
      let y = frame.y(offset)
      svg.line(
        x1: frame.left, y1: y, x2: frame.left + frame.plotWidth, y2: y, [("class", "grid")])
      svg.words(
        Self.axisLabel(offset), x: frame.left - 10, y: y + 4, anchor: "end",
        [("class", "faint small")])
    }
    for step in frame.stepTicks {
      svg.words(
        "\(step)", x: (frame.x(step) + frame.x(step + 1)) / 2, y: frame.bottom + 16,
        anchor: "middle", [("class", "faint small")])
    }
    svg.words(
      "step", x: frame.left - 10, y: frame.bottom + 16, anchor: "end", [("class", "faint small")])
  }

  private func drawBuffers(_ svg: inout SVGWriter) {
    for (i, (buffer, tint)) in zip(report.map, tints).enumerated() where buffer.byteCount > 0 {
      let (x, end) = (frame.x(buffer.first), frame.x(buffer.last + 1))
      let (top, bottom) = (frame.y(buffer.offset + buffer.byteCount), frame.y(buffer.offset))
      let (width, height) = (end - x - 1, max(bottom - top - 1, 0.8))
      svg.begin("g", [("id", "buffer-\(i)")])
      svg.element("title", [], Self.tooltip(buffer))
      svg.rectangle(
        x: x + 0.5, y: top + 0.5, width: width, height: height,
        [("rx", height > 6 && width > 6 ? "2.5" : "0"), ("class", tint.style)])
      drawLabel(of: buffer, &svg, x: x + 0.5, y: top + 0.5, width: width, height: height)
      svg.end()
    }
  }

  /// Name, type and size, as much as there is room for; from bottom to top where the rectangle is
  /// narrow and high.
  private func drawLabel(
    of buffer: MemoryReport.Buffer, _ svg: inout SVGWriter, x: Double, y: Double, width: Double,
    height: Double
  ) {
    let size = Figures.bytes(buffer.byteCount)
    let (middle, center) = (x + width / 2, y + height / 2)
    let lines = [(buffer.name, 12.0), (buffer.type, 11.0), (size, 11.0)]
      .filter { MemoryMapFrame.width(of: $0.0, size: $0.1) <= width - 8 }
    if lines.first?.0 == buffer.name {
      let shown = lines.prefix(Int((height - 4) / 14))
      var base = center + 4 - 7 * Double(shown.count - 1)
      for (i, line) in shown.enumerated() {
        svg.words(
          line.0, x: middle, y: base, anchor: "middle",
          [("class", i == 0 ? "ink" : "faint small")])
        base += 14
      }
    } else if width >= 12 {
      let longest = "\(buffer.name)  \(buffer.type)  \(size)"
      guard
        let text = [longest, "\(buffer.name)  \(size)", buffer.name].first(where: {
          MemoryMapFrame.width(of: $0, size: 11) <= height - 8
        })
      else { return }
      let turn = "rotate(-90 \(SVGWriter.number(middle)) \(SVGWriter.number(center)))"
      svg.words(
        text, x: middle, y: center + 4, anchor: "middle",
        [("class", "ink small"), ("transform", turn)])
    }
  }

  /// Whether there is a peak to mark.
  private var hasPeak: Bool {
    report.steps.indices.contains(report.peakStep) && report.lowerBound > 0
  }

  /// The column of the peak, behind the buffers.
  private func drawPeak(_ svg: inout SVGWriter) {
    guard hasPeak else { return }
    let (x, end) = (frame.x(report.peakStep), frame.x(report.peakStep + 1))
    svg.rectangle(
      x: x, y: frame.strip.top, width: end - x, height: frame.bottom - frame.strip.top,
      [("class", "peak")])
  }

  /// The peak's borders and the lower bound.
  private func drawMarks(_ svg: inout SVGWriter) {
    guard hasPeak else { return }
    let (x, end) = (frame.x(report.peakStep), frame.x(report.peakStep + 1))
    for x in [x, end] {
      svg.line(x1: x, y1: frame.strip.top, x2: x, y2: frame.bottom, [("class", "edge")])
    }
    let y = frame.y(report.lowerBound)
    svg.line(
      x1: frame.left, y1: y, x2: frame.left + frame.plotWidth, y2: y, [("class", "bound")])
    let peak =
      "peak: step \(report.peakStep), \(report.peakOp), \(Figures.bytes(report.lowerBound)) alive"
    let middle = (x + end) / 2
    let half = MemoryMapFrame.width(of: peak, size: 12) / 2
    svg.words(
      peak, x: min(max(middle, frame.left + half), frame.width - frame.right - half),
      y: frame.strip.top - 8, anchor: "middle", [("class", "mark strong")])
    svg.words(
      "lower bound \(Figures.bytes(report.lowerBound))", x: frame.left + frame.plotWidth,
      y: y - 6, anchor: "end", [("class", "mark")])
  }

  /// The layers that the steps stand in.
  private func drawBands(_ svg: inout SVGWriter) {
    let top = frame.bottom + 28
    for band in frame.bands {
      let (x, end) = (frame.x(band.steps.lowerBound), frame.x(band.steps.upperBound))
      let y = top + frame.bandHeight * Double(band.level)
      svg.begin("g", [])
      svg.element("title", [], band.name)
      svg.rectangle(
        x: x + 0.5, y: y + 0.5, width: end - x - 1, height: frame.bandHeight - 2,
        [("rx", "2"), ("class", "band")])
      if let label = frame.label(of: band) {
        svg.words(
          label, x: (x + end) / 2, y: y + 13.5, anchor: "middle", [("class", "faint small")])
      }
      svg.end()
    }
    svg.words(
      "Weights, inputs and the outputs that a step writes lie outside the arena.",
      x: frame.left + frame.plotWidth, y: frame.height - 12, anchor: "end",
      [("class", "faint small")])
    if frame.levelCount > 0 {
      svg.words(
        "layers", x: frame.left - 10, y: top + 13.5, anchor: "end", [("class", "faint small")])
    }
  }

  private static func tooltip(_ buffer: MemoryReport.Buffer) -> String {
    let steps =
      buffer.first == buffer.last
      ? "step \(buffer.first)" : "steps \(buffer.first) to \(buffer.last)"
    return [
      "\(buffer.name): \(buffer.type)", buffer.layer, buffer.line,
      "\(Figures.bytes(buffer.byteCount)) at \(Figures.grouped(buffer.offset)), \(steps)",
    ].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// `1.5 MiB`: no digits that say nothing.
  private static func axisLabel(_ bytes: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return bytes == 0 ? "0" : "\(SVGWriter.number(value)) \(units[unit])"
  }
}
