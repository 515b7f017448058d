/// How a model's weights are stored in fewer bits.
public enum QuantizationScheme: String, Sendable, Hashable, CaseIterable, Codable {
  /// Weights of linear layers in 8 bits with a scale for each output; activations are rounded to 8
  /// bits row by row as the model runs.
  case int8Dynamic = "int8-dynamic"
}
