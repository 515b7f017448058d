import IR

/// The ops that Weft comes with, in alphabetical order.
public enum BuiltinOps {
  /// Every op, one a line.
  public static let all: [any Op.Type] = [
    Abs.self,
    Add.self,
    Append.self,
    ArgMax.self,
    Attention.self,
    AttentionWeights.self,
    Broadcast.self,
    CachedAttention.self,
    Cast.self,
    Concat.self,
    Conv2D.self,
    Cos.self,
    Div.self,
    Dropout.self,
    Embedding.self,
    EmbeddingNorm.self,
    Equal.self,
    Erf.self,
    Exp.self,
    FusedElementwise.self,
    Gather.self,
    Gelu.self,
    Greater.self,
    GreaterEqual.self,
    Iota.self,
    L2Normalize.self,
    LayerNorm.self,
    Less.self,
    LessEqual.self,
    Linear.self,
    Log.self,
    LogicalAnd.self,
    LogicalNot.self,
    LogicalOr.self,
    MatMul.self,
    Maximum.self,
    MergedLinear.self,
    Minimum.self,
    Mul.self,
    Neg.self,
    NotEqual.self,
    Pow.self,
    ReduceMax.self,
    ReduceMean.self,
    ReduceMin.self,
    ReduceSum.self,
    RelativePositionBuckets.self,
    Relu.self,
    Reshape.self,
    RMSNorm.self,
    Rotary.self,
    Rsqrt.self,
    SegmentMean.self,
    SegmentPositions.self,
    Sigmoid.self,
    Silu.self,
    Sin.self,
    SinusoidalPositions.self,
    Slice.self,
    Softmax.self,
    Sqrt.self,
    Sub.self,
    Tanh.self,
    TopK.self,
    Transpose.self,
    Where.self,
  ]

  /// The ops by name.
  public static func table() -> OpTable {
    do {
      return try OpTable(all)
    } catch {
      preconditionFailure("\(error)")
    }
  }
}
