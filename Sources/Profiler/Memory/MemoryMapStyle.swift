/// Colours and fonts of a ``MemoryMap``, as CSS.
///
/// Tints of the palette by Okabe and Ito (2008), which people with any kind of colour vision can tell
/// apart; the same as in diagrams.
enum MemoryMapStyle {
  /// The class of the picture.
  static let name = "weft-memory-map"
  /// How many colours buffers have.
  static let hues = 8

  private struct Palette {
    var background: String
    var panel: String
    var text: String
    var faint: String
    var grid: String
    var accent: String
    var alive: String
    /// Areas and outlines of the buffers.
    var fills: [String]
    var strokes: [String]
  }

  private static let light = Palette(
    background: "#ffffff", panel: "#f7f8fa", text: "#202428", faint: "#5f6670", grid: "#dfe3e8",
    accent: "#b04a00", alive: "#b4bdc8",
    fills: [
      "#cfe3f2", "#f9dccb", "#cdebe1", "#fbe8c4", "#fcf9cf", "#f4e1ec", "#dff1fc", "#eceef1",
    ],
    strokes: [
      "#0072b2", "#d55e00", "#009e73", "#d98f00", "#b3a81f", "#b8628f", "#56b4e9", "#8a939d",
    ])

  private static let dark = Palette(
    background: "#14171b", panel: "#1b1f25", text: "#e8eaed", faint: "#a3abb5", grid: "#2e343c",
    accent: "#ffb070", alive: "#56606c",
    fills: [
      "#123a54", "#5a2f12", "#0f4638", "#54400f", "#4c4a17", "#4c2a3e", "#1f4257", "#333941",
    ],
    strokes: [
      "#5ab4e6", "#f0915a", "#3fc9a0", "#f0b94a", "#ded34e", "#dd90b9", "#8fd0f5", "#8e97a2",
    ])

  /// The rules of the picture.
  static func css(_ appearance: MemoryMap.Appearance) -> String {
    let words = """
      .\(name) text { font-family: Helvetica, Arial, "DejaVu Sans", sans-serif; font-size: 12px }
      .\(name) .title { font-size: 19px; font-weight: bold }
      .\(name) .small { font-size: 11px }
      .\(name) .strong { font-weight: bold }
      """
    switch appearance {
    case .light: return words + "\n" + rules(light)
    case .dark: return words + "\n" + rules(dark)
    case .automatic:
      return words + "\n" + rules(light) + "\n@media (prefers-color-scheme: dark) {\n"
        + rules(dark) + "\n}"
    }
  }

  private static func rules(_ palette: Palette) -> String {
    var rules = [
      ("back", "fill: \(palette.background)"), ("panel", "fill: \(palette.panel)"),
      ("ink", "fill: \(palette.text)"), ("faint", "fill: \(palette.faint)"),
      ("mark", "fill: \(palette.accent)"), ("alive", "fill: \(palette.alive)"),
      ("grid", "stroke: \(palette.grid); stroke-width: 1"),
      ("band", "fill: \(palette.panel); stroke: \(palette.grid); stroke-width: 1"),
      ("peak", "fill: \(palette.accent); fill-opacity: 0.2"),
      ("edge", "stroke: \(palette.accent); stroke-width: 1; stroke-opacity: 0.55"),
      ("bound", "stroke: \(palette.accent); stroke-width: 1.5; stroke-dasharray: 6 4"),
    ]
    for (i, (fill, stroke)) in zip(palette.fills, palette.strokes).enumerated() {
      rules.append(("c\(i)", "fill: \(fill); stroke: \(stroke); stroke-width: 1"))
    }
    return rules.map { ".\(name) .\($0.0) { \($0.1) }" }.joined(separator: "\n")
  }
}
