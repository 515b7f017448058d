import IR

/// Colours and fonts of a diagram.
public struct Theme: Sendable {
  /// A group of op categories that share a colour, in the order of the legend.
  public enum Group: String, Sendable, CaseIterable {
    case matrixProduct = "matrix product"
    case attention = "attention"
    case normalization = "normalization"
    case activation = "activation"
    case elementwise = "elementwise"
    case reduction = "reduction"
    case embedding = "embedding, position"
    case movement = "movement"
    case state = "state"
    case other = "other"

    /// The group of a category.
    public init(_ category: OpCategory) {
      self =
        switch category {
        case .matrixProduct: .matrixProduct
        case .attention: .attention
        case .normalization: .normalization
        case .activation: .activation
        case .elementwise: .elementwise
        case .reduction: .reduction
        case .embedding, .position: .embedding
        case .movement: .movement
        case .state: .state
        case .other: .other
        }
    }
  }

  /// How a box is painted.
  public struct Paint: Sendable {
    /// The area, `#rrggbb`.
    public var fill: String
    /// The outline, `#rrggbb`.
    public var stroke: String

    /// Paint from its colours.
    public init(fill: String, stroke: String) {
      self.fill = fill
      self.stroke = stroke
    }
  }

  /// The paint of each group of ops.
  public var groups: [Group: Paint]
  /// Inputs and outputs.
  public var terminal: Paint
  /// A layer drawn as one box.
  public var layer: Paint
  /// Areas of open layers, by level, used in turn.
  public var levels: [Paint]
  /// Behind everything.
  public var background: String
  /// Words.
  public var text: String
  /// Shapes, attributes, weights.
  public var faint: String
  /// The number of equal layers.
  public var accent: String
  /// Edges.
  public var edge: String
  /// Residual connections: edges that skip what their value also goes through.
  public var residual: String
  /// The fonts, in order of preference, as SVG and Pango read them.
  public var font: String
  /// From little to much: the area, and the words on it in place of an outline.
  public var heat: [Paint]
  /// Words on inputs and outputs.
  public var terminalText: String
  /// Groups of boxes that became one, in turn.
  public var marks: [Paint]
}
