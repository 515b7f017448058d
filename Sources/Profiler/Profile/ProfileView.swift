/// What of a profile is shown.
public struct ProfileView: Sendable {
  /// What a row stands for.
  public var grouping: ProfileGrouping
  /// Layers that are opened down to their steps, each index for itself; `all` for all.
  public var expanded: [String]
  /// The layer that alone is shown; nil for the whole model.
  public var focus: String?
  /// How many levels of layers are shown; nil for all.
  public var depth: Int?
  /// The columns; nil for those that fit.
  public var columns: [ProfileColumn]?
  /// The most characters in a line; nil for no limit.
  public var width: Int?

  /// A view from its parts.
  public init(
    by grouping: ProfileGrouping, expanded: [String] = [], focus: String? = nil, depth: Int? = nil,
    columns: [ProfileColumn]? = nil, width: Int? = 110
  ) {
    self.grouping = grouping
    self.expanded = expanded
    self.focus = focus
    self.depth = depth
    self.columns = columns
    self.width = width
  }

  /// Checks that `profile` has the layers that are named.
  func check(_ profile: Profile) throws(ProfileError) {
    let layers = profile.steps.map { $0.layer.split(separator: ".").map(String.init) }
    for name in expanded + [focus].compactMap({ $0 }) {
      let pattern = LayerPattern(name)
      if !layers.contains(where: pattern.holds) {
        throw .unknownLayer(name, known: profile.layers)
      }
    }
  }
}

extension Profile {
  /// The layers of the first levels that have steps, each once, in the order of the plan.
  fileprivate var layers: [String] {
    var seen: Set<String> = []
    return steps.map { Profile.joined($0.layer).prefix(2).joined(separator: ".") }
      .filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  /// The steps that `view` shows.
  func rows(in view: ProfileView) -> [Row] {
    guard let focus = view.focus.map({ LayerPattern($0) }) else { return steps }
    return steps.filter { focus.holds($0.layer.split(separator: ".").map(String.init)) }
  }

  /// `encoder.layer.3.attention` as levels, indexes replaced by a star.
  static func joined(_ layer: String) -> [String] {
    var levels: [String] = []
    for part in layer.split(separator: ".") {
      if let last = levels.last, part.allSatisfy(\.isNumber) {
        levels[levels.count - 1] = last + "[*]"
      } else {
        levels.append(String(part))
      }
    }
    return levels
  }
}
