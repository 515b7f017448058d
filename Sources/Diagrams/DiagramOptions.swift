/// What a diagram shows.
public struct DiagramOptions: Sendable {
  /// Levels of layers that are drawn open; deeper ones are one box each. With nil it is all of
  /// them, or as many as ``boxLimit`` allows.
  public var depth: Int?
  /// Whether each of several equal layers is drawn, and not the first with its number.
  public var expandsRepeats: Bool
  /// The headline; the graph's name where there is none.
  public var title: String?
  /// A line under the totals, such as the pass after which the graph is shown.
  public var subtitle: String?
  /// Colours and fonts.
  public var theme: Theme
  /// The most boxes for a diagram whose depth isn't given.
  public var boxLimit: Int

  /// Options; the defaults fit one page for most models.
  public init(
    depth: Int? = nil, expandsRepeats: Bool = false, title: String? = nil, subtitle: String? = nil,
    theme: Theme = .light, boxLimit: Int = 200
  ) {
    self.depth = depth
    self.expandsRepeats = expandsRepeats
    self.title = title
    self.subtitle = subtitle
    self.theme = theme
    self.boxLimit = boxLimit
  }
}
