/// What kind of work an op does: the colour of its box in a diagram and its group in a profile.
///
/// Nothing is computed by it. An op says its category in its ``OpSignature``.
public enum OpCategory: String, Sendable, Hashable, CaseIterable, Codable {
  /// Products of matrices, convolutions.
  case matrixProduct
  /// Attention as one op.
  case attention
  /// Normalizations of an axis, softmax among them.
  case normalization
  /// Nonlinear functions of each element, such as `gelu`.
  case activation
  /// Arithmetic, comparisons and conversions of each element.
  case elementwise
  /// Sums, means, extrema and their positions over axes.
  case reduction
  /// Other order, extents or parts of the same elements.
  case movement
  /// Rows of a table picked by indices.
  case embedding
  /// Positions and what is computed from them alone.
  case position
  /// Changes of what outlives a run, such as a cache of keys.
  case state
  /// Anything else.
  case other
}
