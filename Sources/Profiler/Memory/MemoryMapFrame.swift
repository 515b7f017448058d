/// Where things stand in a ``MemoryMap``.
struct MemoryMapFrame {
  /// A run of steps in one layer, some levels down the tree.
  struct Band: Hashable {
    var level: Int
    var steps: Range<Int>
    var name: String
  }

  let steps: Int
  /// The largest offset that the picture shows.
  let bytes: Int
  let width: Double
  let left = 92.0
  let right = 24.0
  /// What is alive in each step.
  let strip = (top: 120.0, height: 56.0)
  /// The arena.
  let plot = (top: 200.0, height: 460.0)
  let bandHeight = 20.0
  private(set) var bands: [Band]

  /// Levels of layers that are shown.
  private static let levels = 3

  init(_ report: MemoryReport) {
    steps = max(report.steps.count, 1)
    bytes = max(report.arena, 64)
    width = min(max(1200, 116 + 9 * Double(steps)), 6000)
    bands = []
    // A level of which few layers can be named says nothing.
    let all = Dictionary(grouping: Self.bands(report.steps.map(\.layer)), by: \.level)
    for level in all.keys.sorted() {
      let bands = all[level] ?? []
      guard 3 * bands.count(where: { label(of: $0) != nil }) >= bands.count else { break }
      self.bands += bands
    }
  }

  var height: Double { plot.top + plot.height + 34 + bandHeight * Double(levelCount) + 28 }
  var levelCount: Int { (bands.map(\.level).max() ?? -1) + 1 }
  var plotWidth: Double { width - left - right }
  var bottom: Double { plot.top + plot.height }

  /// Where `step` begins.
  func x(_ step: Int) -> Double { left + plotWidth * Double(step) / Double(steps) }

  /// Where the byte at `offset` stands.
  func y(_ offset: Int) -> Double {
    bottom - plot.height * Double(offset) / Double(bytes)
  }

  /// How high a bar of the strip is for so many bytes alive.
  func stripHeight(_ alive: Int) -> Double {
    strip.height * Double(alive) / Double(bytes)
  }

  /// Offsets that the axis names: multiples of a power of two, five to ten of them.
  var ticks: [Int] {
    var step = 64
    while bytes / step > 8 { step *= 2 }
    return Array(stride(from: 0, through: bytes, by: step))
  }

  /// Steps that the axis names: multiples of 1, 2 or 5 and so on, with room for their numbers.
  var stepTicks: [Int] {
    var (step, factors) = (1, [2, 5, 10])
    var decade = 1
    while plotWidth * Double(step) / Double(steps) < 34 {
      step = decade * factors.removeFirst()
      if factors.isEmpty { (decade, factors) = (decade * 10, [2, 5, 10]) }
    }
    return Array(stride(from: 0, to: steps, by: step))
  }

  /// What there is room for of a layer's name: a number alone tells which of several it is.
  func label(of band: Band) -> String? {
    let room = x(band.steps.upperBound) - x(band.steps.lowerBound) - 6
    if Self.width(of: band.name, size: 11) <= room { return band.name }
    let number = band.name.split(separator: ".").last.map(String.init) ?? ""
    return Int(number) != nil && Self.width(of: number, size: 11) <= room ? number : nil
  }

  /// About how wide `text` is, in letters of this size.
  static func width(of text: String, size: Double) -> Double {
    text.reduce(0) { width, letter in
      width + ("mwMW".contains(letter) ? 0.86 : "ijlt.,:;'|[]() f".contains(letter) ? 0.34 : 0.59)
    } * size
  }

  /// The layers that the steps stand in, level by level. A number belongs to the name before it.
  private static func bands(_ layers: [String]) -> [Band] {
    let paths = layers.map(components)
    var bands: [Band] = []
    for level in 0..<levels {
      var start = 0
      for end in 1...max(paths.count, 1) where start < paths.count {
        let path = paths[start].prefix(level + 1)
        if end < paths.count, paths[end].prefix(level + 1) == path { continue }
        if path.count == level + 1, let name = path.last {
          bands.append(Band(level: level, steps: start..<end, name: name))
        }
        start = end
      }
    }
    return bands
  }

  /// `encoder.layer.3.attention` → encoder, layer.3, attention.
  private static func components(_ layer: String) -> [String] {
    var parts: [String] = []
    for part in layer.split(separator: ".") {
      if Int(part) != nil, let last = parts.popLast() {
        parts.append("\(last).\(part)")
      } else {
        parts.append(String(part))
      }
    }
    return parts
  }
}
