/// What makes an SVG that was drawn in one theme follow the reader's preference.
enum ThemeSheet {
  /// All colours of a theme, in an order that is the same for each.
  private static func colors(of theme: Theme) -> [String] {
    let paints =
      Theme.Group.allCases.compactMap { theme.groups[$0] } + [theme.terminal, theme.layer]
      + theme.levels + theme.heat + theme.marks
    return paints.flatMap { [$0.fill, $0.stroke] }
      + [
        theme.background, theme.text, theme.faint, theme.accent, theme.edge, theme.residual,
        theme.terminalText,
      ]
  }

  /// `svg`, drawn in the light theme, with the dark one for readers who prefer it where that is asked
  /// for, and without seams in the scale of a heat.
  static func styled(_ svg: String, _ options: DiagramOptions) -> String {
    var sheet = ""
    if options.heat != nil {
      sheet += "polygon[stroke=\"transparent\"]{shape-rendering:crispEdges}"
    }
    if options.followsReader {
      sheet += "@media (prefers-color-scheme:dark){\(rules(svg, from: .light, to: .dark))}"
    }
    // Behind the opening tag, which Graphviz breaks into lines.
    guard let start = svg.range(of: "<svg "),
      let end = svg[start.upperBound...].firstIndex(of: ">")
    else { return svg }
    let after = svg.index(after: end)
    return String(svg[..<after]) + "\n<style>\(sheet)</style>\n"
      + svg[after...].drop { $0.isNewline }
  }

  /// A rule for each colour of a picture.
  private static func rules(_ svg: String, from: Theme, to: Theme) -> String {
    var rules = ""
    var seen: Set<String> = []
    for (old, new) in zip(colors(of: from), colors(of: to)) where seen.insert(old).inserted {
      for name in ["fill", "stroke"] where svg.contains("\(name)=\"\(old)\"") {
        rules += "[\(name)=\"\(old)\"]{\(name):\(new)}"
      }
    }
    return rules
  }
}
