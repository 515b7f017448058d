import IR

/// What a diagram shows.
public struct DiagramOptions: Sendable {
  /// How fine a picture is.
  public enum Detail: String, CaseIterable, Sendable {
    /// The page that a paper prints: attention, feed-forward nets, norms and residual sums in stacks.
    case layers
    /// Every op, in frames around its layers.
    case ops
    /// The steps that a run takes, for concrete dimensions.
    case plan
  }

  /// Which of several equal layers are drawn by themselves.
  public enum Expansion: Hashable, Sendable {
    /// None: the first stands for all, with ×N.
    case none
    /// All.
    case all
    /// Those at or below these paths.
    case paths([String])

    /// Whether the layer at `path` is drawn by itself: it lies at, below or above one of the paths.
    func opens(_ path: LayerPath) -> Bool {
      switch self {
      case .none: return false
      case .all: return true
      case .paths(let paths):
        let text = path.description
        return paths.contains { isPath(text, atOrBelow: $0) || isPath($0, atOrBelow: text) }
      }
    }
  }

  /// How fine it is.
  public var detail: Detail
  /// Levels of layers that are drawn open; deeper ones are one box each. With nil it is all of
  /// them, or as many as ``boxLimit`` allows.
  public var depth: Int?
  /// Which of several equal layers are drawn by themselves.
  public var expansion: Expansion
  /// The only layer that is drawn, with its neighbours as stubs.
  public var focus: String?
  /// The headline; the graph's name where there is none.
  public var title: String?
  /// A line under the totals, such as the pass after which the graph is shown.
  public var subtitle: String?
  /// What colours the boxes in place of their kind of work.
  public var heat: Heat?
  /// What a run does, where the graph is one that was planned.
  public var steps: PlanSteps?
  /// Colours and fonts.
  public var theme: Theme
  /// Whether an SVG follows the reader's preference for dark pages; ``theme`` is for the others.
  public var followsReader: Bool
  /// The most boxes for a diagram whose depth isn't given.
  public var boxLimit: Int
  /// Seconds that Graphviz may take, before a coarser picture is drawn.
  public var timeLimit = 20.0
  /// Lines under the subtitle.
  var notes: [String] = []
  /// Whether arrows have shapes beside them.
  var showsShapes = true
  /// Whether a value that many layers use is drawn in each of them; only tests say no.
  var repeatsSharedValues = true

  /// Options; the defaults fit one page for most models.
  public init(
    detail: Detail = .ops, depth: Int? = nil, expansion: Expansion = .none, focus: String? = nil,
    title: String? = nil, subtitle: String? = nil, heat: Heat? = nil, steps: PlanSteps? = nil,
    theme: Theme = .light, followsReader: Bool = false, boxLimit: Int = 200
  ) {
    self.detail = detail
    self.depth = depth
    self.expansion = expansion
    self.focus = focus
    self.title = title
    self.subtitle = subtitle
    self.heat = heat
    self.steps = steps
    self.theme = theme
    self.followsReader = followsReader
    self.boxLimit = boxLimit
  }
}

/// Whether `path` is `root` or lies below it.
func isPath(_ path: String, atOrBelow root: String) -> Bool {
  path == root || root.isEmpty || path.hasPrefix(root + ".")
}
