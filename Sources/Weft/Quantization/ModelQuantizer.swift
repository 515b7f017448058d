import Foundation

/// Stores the weights of a model's linear layers in fewer bits.
///
/// ```swift
/// let quantized = try ModelQuantizer(model, keeping: ["pooler"]).quantize()
/// let report = try quantized.measure(on: .standard(for: model))
/// try quantized.write(to: URL(filePath: "minilm-int8"), of: source)
/// ```
///
/// What linear layers read is quantized; `f16` and the schemes of blocks store embedding tables so, too. Norms and
/// biases stay as they are. In 8 bits, attentions may round their products to bf16, too.
public struct ModelQuantizer: Sendable {
  /// The model as it is.
  public let model: Model
  /// How weights are stored.
  public let scheme: QuantizationScheme
  /// The weights to quantize, in the order of declaration.
  public let weights: [String]
  /// The attentions whose products may be rounded, as `encoder.layer.0.attention.self.products`.
  public let products: [String]
  /// The weights and products that could be quantized and are kept as they are.
  public let kept: [String]
  private let forms: [String: StoredForm]

  /// A quantizer of `model`.
  ///
  /// - Parameter patterns: what is kept: paths of layers or names of weights, with `*` and `?`.
  /// - Throws: ``QuantizationError`` for a pattern that names nothing, and where nothing can be
  ///   quantized.
  public init(
    _ model: Model, scheme: QuantizationScheme = .int8Dynamic, keeping patterns: [String] = []
  ) throws {
    self.model = model
    self.scheme = scheme
    let names = Model.parameters(of: model.definition).map(\.parameter.name)
    let products = scheme.roundsProducts ? try Self.products(in: model.entries) : []
    let selected = try WeightPattern.select(patterns, from: names + products)
    let forms = try scheme.forms(of: model)
    guard !forms.isEmpty else {
      throw QuantizationError.nothingToQuantize(model: model.definition.name)
    }
    self.forms = forms
    weights = names.filter { forms[$0] != nil && !selected.contains($0) }
    self.products = products.filter { !selected.contains($0) }
    kept =
      names.filter { forms[$0] != nil && selected.contains($0) }
      + products.filter(selected.contains)
  }

  /// The names of all attentions' products, none twice, in order.
  private static func products(in entries: [Entry]) throws -> [String] {
    var seen: Set<String> = []
    return try entries.flatMap { try $0.compiled().graph.nodes.compactMap(RoundProducts.name) }
      .filter { seen.insert($0).inserted }
  }

  /// A quantizer of `model` that chooses how each weight is stored, so that all weights together take at
  /// most `budget` bytes and the outputs lose little.
  ///
  /// - Parameters:
  ///   - samples: runs, of which the first few tell what a weight's form does to the outputs.
  ///   - patterns: what is kept, as above.
  /// - Throws: ``QuantizationError``, also for a budget that the smallest forms are over.
  public init(
    _ model: Model, budget: Int, on samples: QuantizationSamples, entry: String? = nil,
    keeping patterns: [String] = [], cancellation: Cancellation? = nil,
    progress: (Int) -> Void = { _ in }
  ) throws {
    let names = Model.parameters(of: model.definition).map(\.parameter.name)
    let selected = try WeightPattern.select(patterns, from: names)
    let choice = try PrecisionChoice(
      model, on: samples, entry: entry, keeping: selected, cancellation: cancellation,
      progress: progress)
    let forms = try choice.forms(within: budget)
    guard !forms.isEmpty else {
      throw QuantizationError.nothingToQuantize(model: model.definition.name)
    }
    self.model = model
    scheme = .mixed
    self.forms = forms
    weights = names.filter { forms[$0] != nil }
    products = []
    kept = choice.kept
  }

  /// How many weights ``quantize(cancellation:progress:)`` goes through.
  public var weightCount: Int { Model.parameters(of: model.definition).count }

  /// The model with its weights quantized. A weight that is stored in 8 bits already stays as it is.
  public func quantize(
    cancellation: Cancellation? = nil, progress: (Int) -> Void = { _ in }
  ) throws -> QuantizedModel {
    let rounded = Set(weights)
    // Asked for once: random weights are drawn anew each time.
    var originals: [String: StoredWeight] = [:]
    var stored: [String: StoredWeight] = [:]
    for (parameter, type) in Model.parameters(of: model.definition) {
      if cancellation?.isCancelled == true { throw ExecutionError.cancelled }
      let name = parameter.name
      let weight = try model.shared.weights.weight(for: parameter, type: type)
      originals[name] = weight
      stored[name] = weight
      if rounded.contains(name), let form = forms[name], let tensor = weight.tensor {
        stored[name] = try form.stored(tensor, name: name)
      }
      progress(originals.count)
    }
    let before = HeldWeights(weights: originals)
    let after = HeldWeights(weights: stored, roundedProducts: Set(products))
    return QuantizedModel(
      original: Model(model, weights: before), model: Model(model, weights: after),
      weights: after, scheme: scheme, quantized: weights, products: products, kept: kept,
      originalByteCount: before.byteCount)
  }
}

/// A model whose weights were quantized, beside the one that they come from.
public struct QuantizedModel: Sendable {
  /// The model as it was.
  public let original: Model
  /// The model with its weights quantized.
  public let model: Model
  /// Its weights.
  let weights: HeldWeights
  /// How they are stored; nil where they are as they were.
  public let scheme: QuantizationScheme?
  /// The weights that are quantized.
  public let quantized: [String]
  /// The attentions whose products are rounded to bf16.
  public let products: [String]
  /// The weights and products that could be and aren't.
  public let kept: [String]
  /// Bytes of all weights before.
  let originalByteCount: Int
}
