import Foundation

/// A model's weights from a checkpoint, all found and of the right shapes.
public struct CheckpointWeights: WeightSource {
  private let weights: [String: StoredWeight]
  /// The pages that they stand on.
  let pages: WeightPages
  /// Tensors of the checkpoint that the model doesn't use.
  public let unused: [String]
  public let roundedProducts: Set<String>

  /// What the metadata calls the attentions whose products are rounded, a name a line.
  static let productsKey = "weft.products"

  /// The tensors of `parameters` in the checkpoint at `url`.
  ///
  /// - Throws: `FormatError` that lists all missing and misshaped tensors together.
  public init(
    _ parameters: [(parameter: Parameter, type: TensorType)], at url: URL,
    formats: [any WeightFormat] = StandardFormats.all
  ) throws {
    let expected = parameters.map {
      ExpectedTensor(
        name: $0.parameter.name, dtype: $0.type.dtype, dims: $0.type.shape.values ?? [])
    }
    let checkpoint = try Checkpoint(contentsOf: url, formats: formats)
    let binding = try CheckpointBinding(expected, in: checkpoint)
    weights = Dictionary(
      zip(expected.map(\.name), binding.weights), uniquingKeysWith: { first, _ in first })
    pages = WeightPages(binding.weights)
    unused = binding.extra
    roundedProducts = Set(
      (checkpoint.metadata[Self.productsKey] ?? "").split(separator: "\n").map(String.init))
  }

  public func weight(for parameter: Parameter, type: TensorType) throws -> StoredWeight {
    guard let weight = weights[parameter.name] else { throw ModelError.noWeights(parameter.name) }
    return weight
  }
}
