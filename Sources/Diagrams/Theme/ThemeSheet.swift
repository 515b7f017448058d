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

  /// `svg`, drawn in `light`, with `dark` for readers who prefer it.
  static func adapting(_ svg: String, light: Theme, dark: Theme) -> String {
    var rules: [String] = []
    var seen: Set<String> = []
    for (from, to) in zip(colors(of: light), colors(of: dark)) where seen.insert(from).inserted {
      if svg.contains("fill=\"\(from)\"") { rules.append("[fill=\"\(from)\"]{fill:\(to)}") }
      if svg.contains("stroke=\"\(from)\"") { rules.append("[stroke=\"\(from)\"]{stroke:\(to)}") }
    }
    let sheet =
      "<style>@media (prefers-color-scheme:dark){" + rules.joined() + "}</style>\n"
    // Behind the opening tag, which Graphviz breaks into lines.
    guard let start = svg.range(of: "<svg "),
      let end = svg[start.upperBound...].firstIndex(of: ">")
    else { return svg }
    let after = svg.index(after: end)
    return String(svg[..<after]) + "\n" + sheet + svg[after...].drop { $0.isNewline }
  }
}
