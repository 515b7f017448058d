import IR

/// The arena as a picture: each buffer a rectangle, from its first step to its last, where it lies.
///
/// Under it the layers, over it what is alive in each step; the peak and the lower bound are marked.
/// The same report gives the same bytes.
public struct MemoryMap: Sendable {
  /// What a buffer's colour tells.
  public enum Coloring: String, Sendable, CaseIterable {
    /// The kind of work that gives it.
    case kind
    /// The layer that it comes from: neighbours have different colours.
    case layer
  }

  /// Which colours the picture has.
  public enum Appearance: String, Sendable, CaseIterable {
    /// Those that the reader's system asks for.
    case automatic
    /// Dark on light.
    case light
    /// Light on dark.
    case dark
  }

  let report: MemoryReport
  let title: String
  let subtitle: String
  let coloring: Coloring
  let appearance: Appearance
  let frame: MemoryMapFrame

  /// The map of `report`.
  public init(
    of report: MemoryReport, coloring: Coloring = .kind, appearance: Appearance = .automatic
  ) {
    self.report = report
    title = report.model ?? "the arena"
    subtitle = report.bindingText
    self.coloring = coloring
    self.appearance = appearance
    frame = MemoryMapFrame(report)
  }

  /// A colour of the map and what it stands for.
  struct Tint: Hashable {
    /// The class of its rectangles.
    var style: String
    /// What it stands for.
    var name: String
  }

  /// The tints of all buffers, in the order of ``MemoryReport/map``.
  var tints: [Tint] {
    switch coloring {
    case .kind: report.map.map { Self.tint(of: $0.category) }
    case .layer:
      // A layer's place among those that differ from their neighbour: equal hues stay apart.
      layerTints
    }
  }

  private var layerTints: [Tint] {
    var places: [String: Int] = [:]
    for buffer in report.map {
      let block = Self.block(of: buffer.layer)
      if places[block] == nil { places[block] = places.count }
    }
    return report.map.map { buffer in
      let block = Self.block(of: buffer.layer)
      let hue = (places[block] ?? 0) % MemoryMapStyle.hues
      return Tint(style: "c\(hue)", name: block.isEmpty ? "the model itself" : block)
    }
  }

  /// The layer that is drawn as one: the path down to its first number, `encoder.layer.3`.
  static func block(of layer: String) -> String {
    let parts = layer.split(separator: ".")
    guard let number = parts.firstIndex(where: { Int($0) != nil }) else {
      return parts.first.map(String.init) ?? ""
    }
    return parts[...number].joined(separator: ".")
  }

  /// Kinds of work that share a colour, with the colour's number.
  static func tint(of category: OpCategory) -> Tint {
    let (hue, name) =
      switch category {
      case .matrixProduct: (0, "matrix product")
      case .attention: (1, "attention")
      case .normalization: (2, "normalization")
      case .activation: (3, "activation")
      case .elementwise: (4, "elementwise")
      case .reduction: (5, "reduction")
      case .embedding, .position: (6, "embedding, position")
      case .movement, .state, .other: (7, "movement, other")
      }
    return Tint(style: "c\(hue)", name: name)
  }
}
