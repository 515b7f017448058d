import IR
import Tensors

/// Where a plan's weights come from: a checkpoint, or initializers.
public protocol WeightSource: Sendable {
  /// The tensor of `parameter`, which has the extents of `type`. A stored 16-bit float may stand for
  /// f32.
  func tensor(for parameter: Parameter, type: TensorType) throws -> Tensor
}
