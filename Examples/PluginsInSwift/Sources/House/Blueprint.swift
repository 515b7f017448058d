import WeftPlugin

extension Theme {
  /// White lines on blue, as architects drew: `weft render … --theme blueprint`.
  static let blueprint: Theme = {
    var theme = Theme.dark
    theme.background = "#1b3f73"
    theme.edge = "#d5e3f7"
    theme.levels = [Paint(fill: "#214a86", stroke: "#9dbbe6")]
    return theme
  }()
}
