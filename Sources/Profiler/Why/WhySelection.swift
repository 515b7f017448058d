import IR

/// Which lines or layers are asked about.
public enum WhySelection: Hashable, Sendable {
  /// All lines.
  case all
  /// All lines of one file.
  case file(String)
  /// One line of one file.
  case line(file: String, Int)
  /// A layer and all inside it: `encoder.layer.0.attention`, `encoder.layer[*].attention`.
  case layer(String)

  /// Whether the expression at `site` is asked about, or what is called from there.
  public func contains(_ site: Origin.Site) -> Bool {
    holds(site.location) || site.calls.contains { calls($0) } || isInLayer(site.path)
  }

  /// Whether `location` itself is asked about.
  public func holds(_ location: SourceLocation?) -> Bool {
    switch self {
    case .all: true
    case .file(let file): location?.file == file
    case .line(let file, let line): location?.file == file && location?.line == line
    case .layer: false
    }
  }

  private func calls(_ location: SourceLocation) -> Bool {
    if case .line = self { holds(location) } else { false }
  }

  private func isInLayer(_ path: LayerPath) -> Bool {
    guard case .layer(let wanted) = self else { return false }
    let pattern = LayerPattern(wanted)
    return !pattern.parts.isEmpty
      && pattern.holds(path.description.split(separator: ".").map(String.init))
  }

  /// The selection as a user writes it; empty for all lines.
  var text: String {
    switch self {
    case .all: ""
    case .file(let file): file
    case .line(let file, let line): "\(file):\(line)"
    case .layer(let path): path
    }
  }
}
