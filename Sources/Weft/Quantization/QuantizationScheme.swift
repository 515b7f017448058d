/// How a model's weights are stored in fewer bits. Block formats have their names everywhere.
// swift-format-ignore: AlwaysUseLowerCamelCase
public enum QuantizationScheme: String, Sendable, Hashable, CaseIterable, Codable {
  /// Weights of linear layers in 8 bits with a scale for each output; activations are rounded to 8
  /// bits row by row as the model runs, and what attentions multiply to bf16.
  case int8Dynamic = "int8-dynamic"
  /// Matrices of linear layers and tables in 16 bits, which kernels widen as they read them.
  case f16
  /// Matrices of linear layers and tables in blocks of ggml's formats; rows that aren't whole blocks of
  /// 256 in a format of 32 that is as good, others in 16 bits.
  case q8_0, q4_0, q4_1, q5_0, q5_1, q4_k, q5_k, q6_k
  /// Each matrix in a form of its own, chosen so that all of them take at most so many bytes.
  case mixed

  /// The schemes that store every weight alike.
  public static let uniform = allCases.filter { $0 != .mixed }

  /// The format of the scheme's blocks; nil for a scheme without.
  public var format: BlockFormat? { BlockFormat(rawValue: rawValue) }

  /// What a weight is stored in.
  var storage: String {
    switch self {
    case .int8Dynamic: "8 bits"
    case .f16: "16 bits"
    case .mixed: "blocks and 16 bits"
    default: "blocks of \(format?.bitsPerElement.formatted() ?? "") bits a weight"
    }
  }

  /// Whether attentions may round their products to bf16.
  var roundsProducts: Bool { self == .int8Dynamic }
}
