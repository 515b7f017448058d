import Tensors

/// A model on its way into a file: its weights, and what stands beside them.
public struct ExportedModel: Sendable {
  /// The weights under Hugging Face's names, in the order in which the graph asks for them; no name twice.
  public var weights: [(name: String, weight: StoredWeight)]
  /// `config.json`; nil where the model has none.
  public var config: ModelConfig?
  /// `tokenizer.json`; nil where the model has none.
  public var tokenizer: JSONValue?
  /// `tokenizer_config.json`; nil where the model has none.
  public var tokenizerConfig: ModelConfig?
  /// Strings for formats that have a place for them.
  public var metadata: [String: String] = [:]

  /// A model of weights alone.
  public init(weights: [(name: String, weight: StoredWeight)]) { self.weights = weights }
}
