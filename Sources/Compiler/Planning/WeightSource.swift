import IR
import Tensors

/// Where a plan's weights come from: a checkpoint, or initializers.
public protocol WeightSource: Sendable {
  /// The weight of `parameter`, which has the extents of `type`. A 16-bit float or scaled 8-bit
  /// integers may stand for f32.
  func weight(for parameter: Parameter, type: TensorType) throws -> StoredWeight
}
