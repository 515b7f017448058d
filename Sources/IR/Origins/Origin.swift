/// Where a node or value comes from: the lines that the user wrote and their place in the layers.
///
/// Fusion merges origins and never drops them, so that a profile row, a block of memory, a box in
/// a diagram and an error all point back to the source.
public struct Origin: Hashable, Sendable {
  /// One expression in the source.
  public struct Site: Hashable, Sendable {
    /// The expression; nil for what a program built without a file.
    public var location: SourceLocation?
    /// The layer that the expression stands in.
    public var path: LayerPath
    /// The calls that led there, outermost first.
    public var calls: [SourceLocation]

    /// A site from its parts.
    public init(
      location: SourceLocation? = nil, path: LayerPath = LayerPath(), calls: [SourceLocation] = []
    ) {
      self.location = location
      self.path = path
      self.calls = calls
    }
  }

  /// The expressions, in the order in which they were merged, none twice.
  public private(set) var sites: [Site]

  /// An origin from its sites.
  public init(_ sites: [Site] = []) {
    var seen: Set<Site> = []
    self.sites = sites.filter { seen.insert($0).inserted }
  }

  /// The origin of what stands for both.
  public func merged(with other: Origin) -> Origin { Origin(sites + other.sites) }

  /// The origin of what stands for all of `origins`.
  public static func merging(_ origins: some Sequence<Origin>) -> Origin {
    Origin(origins.flatMap(\.sites))
  }

  /// The deepest layer that all sites belong to. A site that stands above another doesn't pull it up:
  /// a product in `output.dense` stays there when the residual of the layer around it joins.
  public var path: LayerPath {
    let deepest = sites.map(\.path).filter { path in
      !sites.contains { $0.path != path && $0.path.commonAncestor(with: path) == path }
    }
    guard let first = deepest.first else { return LayerPath() }
    return deepest.dropFirst().reduce(first) { $0.commonAncestor(with: $1) }
  }

  /// The first site's location: the line that is named where only one can be.
  public var location: SourceLocation? { sites.lazy.compactMap(\.location).first }
}
