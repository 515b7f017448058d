import IR

/// The ops that Weft comes with, in alphabetical order.
public enum BuiltinOps {
  /// Every op, one a line.
  public static let all: [any Op.Type] = [
    Abs.self,
    Add.self,
    Broadcast.self,
    Cast.self,
    Concat.self,
    Cos.self,
    Div.self,
    Dropout.self,
    Equal.self,
    Erf.self,
    Exp.self,
    FusedElementwise.self,
    Gelu.self,
    Greater.self,
    GreaterEqual.self,
    Iota.self,
    Less.self,
    LessEqual.self,
    Log.self,
    LogicalAnd.self,
    LogicalNot.self,
    LogicalOr.self,
    Maximum.self,
    Minimum.self,
    Mul.self,
    Neg.self,
    NotEqual.self,
    Pow.self,
    Relu.self,
    Reshape.self,
    Rsqrt.self,
    Sigmoid.self,
    Silu.self,
    Sin.self,
    Slice.self,
    Sqrt.self,
    Sub.self,
    Tanh.self,
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
