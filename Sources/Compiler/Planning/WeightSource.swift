import IR
import Tensors

/// Where a plan's weights come from: a checkpoint, or initializers.
public protocol WeightSource: Sendable {
  /// The weight of `parameter`, which has the extents of `type`. A 16-bit float or scaled 8-bit
  /// integers may stand for f32.
  func weight(for parameter: Parameter, type: TensorType) throws -> StoredWeight
  /// The attentions whose products may be rounded to bf16, as whoever quantized the weights decided:
  /// names as `encoder.layer.0.attention.self.products`.
  var roundedProducts: Set<String> { get }
}

extension WeightSource {
  public var roundedProducts: Set<String> { [] }
}
