import IR

/// A model as a graph file declares it, elaborated: layers, loops and conditions are resolved.
public struct ModelDefinition: Sendable {
  /// A config with the value that it has.
  public struct Config: Hashable, Sendable {
    /// What gave the value.
    public enum Origin: String, Hashable, Sendable {
      /// The graph file.
      case standard
      /// A `--set`.
      case set
      /// The checkpoint's `config.json`.
      case configuration
    }

    /// Its name.
    public let name: String
    /// Its value.
    public let value: ConfigValue
    /// What gave the value.
    public let origin: Origin
    /// Its keys in `config.json`, the one that is looked for first in front.
    public let keys: [String]
  }

  /// The model's name.
  public let name: String
  /// Its documentation comment.
  public let documentation: String?
  /// Its configs, in order.
  public let configs: [Config]
  /// One graph for each entry, in order; ``Graph/name`` is the entry's name.
  public let entries: [Graph]
  /// The file of its weights, in the weights' folder.
  public let weights: String?
  /// The file of its tokenizer, in the weights' folder.
  public let tokenizer: String?
  /// What it is for.
  public let task: ModelTask?
  /// The files it was read from, the root first.
  public let sourceFiles: [String]
  /// For each entry, by name, the nodes that were written and that no output hangs on.
  public let unusedNodes: [String: [UnusedNode]]

  /// A node that isn't in a graph because no output hangs on it.
  public struct UnusedNode: Hashable, Sendable {
    /// The op.
    public let op: String
    /// The line and the layer.
    public let origin: IR.Origin
  }

  /// A model from its parts.
  public init(
    name: String, documentation: String? = nil, configs: [Config] = [], entries: [Graph],
    weights: String? = nil, tokenizer: String? = nil, task: ModelTask? = nil,
    sourceFiles: [String] = [], unusedNodes: [String: [UnusedNode]] = [:]
  ) {
    self.name = name
    self.documentation = documentation
    self.configs = configs
    self.entries = entries
    self.weights = weights
    self.tokenizer = tokenizer
    self.task = task
    self.sourceFiles = sourceFiles
    self.unusedNodes = unusedNodes
  }

  /// The entry of that name.
  public func entry(_ name: String) -> Graph? { entries.first { $0.name == name } }
}

/// What a model is for.
public enum ModelTask: String, Hashable, Sendable, CaseIterable, Codable {
  /// One vector for each text.
  case embedding
  /// Hidden states.
  case features
  /// The next token from those before it.
  case causalLM = "causal_lm"
  /// A text from a text.
  case sequenceToSequence = "sequence_to_sequence"
  /// A class for an image.
  case imageClassification = "image_classification"
}

/// The value of a config.
public enum ConfigValue: Hashable, Sendable {
  case int(Int)
  case float(Double)
  case bool(Bool)
  case string(String)
  case floats([Double])
  case strings([String])

  /// The name of its type in the language.
  public var typeName: String {
    switch self {
    case .int: "Int"
    case .float: "Float"
    case .bool: "Bool"
    case .string: "String"
    case .floats: "[Float]"
    case .strings: "[String]"
    }
  }
}

extension ConfigValue: CustomStringConvertible {
  /// The value as the language writes it.
  public var description: String {
    switch self {
    case .int(let value): value.description
    case .float(let value): value.description
    case .bool(let value): value.description
    case .string(let text): StringEscapes.quoted(text)
    case .floats(let values): values.description
    case .strings(let texts): "[\(texts.map(StringEscapes.quoted).joined(separator: ", "))]"
    }
  }
}
