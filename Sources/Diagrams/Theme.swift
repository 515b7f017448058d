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

  /// Tints of the palette by Okabe and Ito, which people with any kind of colour vision can tell
  /// apart (Okabe and Ito, 2008).
  public static let light = Theme(
    groups: [
      .matrixProduct: Paint(fill: "#cfe3f2", stroke: "#0072b2"),
      .attention: Paint(fill: "#f9dccb", stroke: "#d55e00"),
      .normalization: Paint(fill: "#cdebe1", stroke: "#009e73"),
      .activation: Paint(fill: "#fbe8c4", stroke: "#d98f00"),
      .elementwise: Paint(fill: "#fcf9cf", stroke: "#b3a81f"),
      .reduction: Paint(fill: "#f4e1ec", stroke: "#b8628f"),
      .embedding: Paint(fill: "#dff1fc", stroke: "#56b4e9"),
      .movement: Paint(fill: "#f2f2f2", stroke: "#b0b0b0"),
      .other: Paint(fill: "#ffffff", stroke: "#808080"),
    ],
    terminal: Paint(fill: "#404040", stroke: "#404040"),
    layer: Paint(fill: "#ffffff", stroke: "#606060"),
    levels: [
      Paint(fill: "#f7f8fa", stroke: "#9aa5b1"), Paint(fill: "#eef1f5", stroke: "#b4bdc8"),
      Paint(fill: "#f7f8fa", stroke: "#c4ccd5"),
    ],
    background: "#ffffff", text: "#202020", faint: "#5f6670", accent: "#b04a00", edge: "#606a75",
    residual: "#7a3e9d", font: "Helvetica,Arial,DejaVu Sans,sans-serif")
}
