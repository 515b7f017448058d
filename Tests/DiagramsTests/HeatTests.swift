import IR
import Operators
import Tensors
import Testing

@testable import Diagrams

@Suite struct HeatTests {
  /// Three equal layers of one relu, with the numbers 1, 2 and 3.
  func stack() throws -> (graph: Graph, heat: Heat) {
    var s = Sketch("g")
    var x = s.input("x", .f32, [8])
    for i in 0..<3 {
      x = try s.layer("layer", index: i, "Layer") { s in
        try s.op("relu", [s.op("add", [x, x])])
      }
    }
    s.builder.output("y", x)
    let graph = s.builder.graph()
    let relus = graph.nodes.filter { $0.op.name == "relu" }.map(\.id)
    let values = Dictionary(uniqueKeysWithValues: zip(relus, [1.0, 2, 3]))
    return (graph, Heat(name: "time", unit: "ms", values: values))
  }

  @Test func `a box has the sum of the layers that it stands for, and each`() throws {
    let (graph, heat) = try stack()
    let scene = try Scene(Outline(graph), depth: .max, options: .init(heat: heat))
    let relu = try #require(scene.boxes.first { $0.title == "relu" }?.heat)
    #expect(relu.total == 6)
    #expect(relu.each == [1, 2, 3])
    #expect(scene.hottest == 6)
    let dot = try Diagram(of: graph, options: .init(heat: heat)).dot
    #expect(dot.contains("6.00 ms · 100.0 %"))
    #expect(dot.contains("each: 1.00 ms, 2.00 ms, 3.00 ms"))
  }

  @Test func `errors don't add up`() throws {
    var (graph, heat) = try stack()
    heat.isSum = false
    let scene = try Scene(Outline(graph), depth: 0, options: .init(heat: heat))
    #expect(scene.boxes.compactMap(\.heat?.total) == [3])
  }

  @Test func `what isn't a number has no colour`() {
    let heat = Heat(
      name: "error", unit: "", values: [NodeID(0): .nan, NodeID(1): .infinity, NodeID(2): -1])
    #expect(heat.values.isEmpty)
  }

  @Test(arguments: [Theme.light, Theme.dark])
  func `the scale's lightness goes one way, in even steps`(theme: Theme) {
    let lightness = theme.heat.map { luminance($0.fill) }
    let steps = zip(lightness, lightness.dropFirst()).map { $1 - $0 }
    let isRising = lightness[0] < lightness[lightness.count - 1]
    #expect(steps.allSatisfy { isRising ? $0 > 0 : $0 < 0 })
    // CIE lightness is near to OKLab's, by which the steps are equal.
    let mean = (lightness[lightness.count - 1] - lightness[0]) / Double(steps.count)
    #expect(steps.allSatisfy { abs($0 / mean) < 1.8 && abs($0 / mean) > 0.4 })
    for paint in theme.heat {
      #expect(contrast(paint.fill, paint.stroke) >= 3.9, "\(paint.fill) under \(paint.stroke)")
    }
  }

  @Test(arguments: [Theme.light, Theme.dark])
  func `words can be read on every colour`(theme: Theme) {
    for group in Theme.Group.allCases {
      guard let paint = theme.groups[group] else { continue }
      #expect(contrast(paint.fill, theme.text) >= 7, "\(group)")
      #expect(contrast(paint.fill, theme.faint) >= 3.9, "\(group)")
    }
    for paint in theme.marks { #expect(contrast(paint.fill, theme.text) >= 4.5, "\(paint)") }
    #expect(contrast(theme.terminal.fill, theme.terminalText) >= 7)
  }

  /// CIE lightness of a colour, 0…100.
  private func luminance(_ hex: String) -> Double {
    let y = relativeLuminance(hex)
    return y > 0.008856 ? 116 * cubeRoot(y) - 16 : 903.3 * y
  }

  private func contrast(_ a: String, _ b: String) -> Double {
    let (x, y) = (relativeLuminance(a), relativeLuminance(b))
    return (max(x, y) + 0.05) / (min(x, y) + 0.05)
  }

  private func relativeLuminance(_ hex: String) -> Double {
    let value = Int(hex.dropFirst(), radix: 16) ?? 0
    let channels = [value >> 16, value >> 8 & 255, value & 255].map { channel -> Double in
      let c = Double(channel) / 255
      guard c > 0.04045 else { return c / 12.92 }
      let base = (c + 0.055) / 1.055
      return base * base * squareRoot(base)
    }
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
  }

  /// base^0.4, so that base^2.4 is base² of it.
  private func squareRoot(_ base: Double) -> Double {
    var x = 0.5
    for _ in 0..<60 { x -= (x * x * x * x * x - base * base) / (5 * x * x * x * x) }
    return x
  }

  private func cubeRoot(_ y: Double) -> Double {
    var x = 1.0
    for _ in 0..<60 { x -= (x * x * x - y) / (3 * x * x) }
    return x
  }
}
