/// How a model's weights are stored in fewer bits.
public enum QuantizationScheme: String, Sendable, Hashable, CaseIterable, Codable {
  /// Weights of linear layers in 8 bits with a scale for each output; activations are rounded to 8
  /// bits row by row as the model runs, and what attentions multiply to bf16.
  case int8Dynamic = "int8-dynamic"
  /// Matrices of linear layers and tables in 16 bits, which kernels widen as they read them.
  case f16

  /// What a weight is stored in.
  var storage: String {
    switch self {
    case .int8Dynamic: "8 bits"
    case .f16: "16 bits"
    }
  }

  /// Whether attentions may round their products to bf16.
  var roundsProducts: Bool { self == .int8Dynamic }
}
