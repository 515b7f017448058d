import Foundation

/// What a quantized model is compared with its original on.
public struct QuantizationSamples: Sendable {
  /// The inputs of each run, by name.
  public let runs: [[String: Tensor]]
  /// What they are, for people: `8 built-in sentences`.
  public let description: String

  /// Of more texts than these the first are taken.
  public static let mostTexts = 128

  /// Sentences of several lengths, kinds and subjects.
  static let sentences = [
    "Hello!",
    "The cat sleeps on the warm stone.",
    "How do I reset the password of my account?",
    "In 1969, two people walked on the Moon for 2 hours and 31 minutes.",
    "def mean(xs): return sum(xs) / len(xs)",
    "The court held that the contract was void, since neither party had signed the annex.",
    "Patients who were given the drug slept 47 minutes longer (95% CI 21-73), but woke more often.",
    """
    She had planned to leave before the storm; but the bridge was closed, the last train had gone, \
    and the old hotel by the harbour was the only house in town with a light in its windows.
    """,
  ]

  /// One run on the tensors of a safetensors file, by name.
  public static func file(_ url: URL, for entry: Entry) throws -> QuantizationSamples {
    QuantizationSamples(
      runs: [try entry.readInputs(from: url)], description: "inputs of \(url.lastPathComponent)")
  }

  /// A run for each text, cut to the tokens that the tokenizer allows.
  ///
  /// - Throws: ``QuantizationError/noTexts(entry:inputs:)`` for a model that doesn't read texts.
  public static func texts(
    _ texts: [String], of model: Model, entry: Entry
  ) throws -> QuantizationSamples {
    guard let tokenizer = try tokenizer(of: model), entry.readsTexts else {
      throw QuantizationError.noTexts(
        entry: entry.name, inputs: entry.graph.inputs.compactMap(\.name))
    }
    let used = texts.prefix(mostTexts)
    let count = used.count == texts.count ? "\(used.count)" : "the first \(used.count)"
    return QuantizationSamples(
      runs: try used.map { try entry.inputs(of: $0, tokenizer) },
      description: "\(count) text\(used.count == 1 ? "" : "s")")
  }

  /// Built-in sentences where `model` reads texts; else numbers drawn at random, for dimensions of 16
  /// where `bindings` gives none.
  public static func standard(
    for model: Model, entry: Entry, bindings: Bindings = Bindings()
  ) throws -> QuantizationSamples {
    if bindings.isEmpty, entry.readsTexts, try tokenizer(of: model) != nil {
      let samples = try texts(sentences, of: model, entry: entry)
      return QuantizationSamples(
        runs: samples.runs, description: "\(sentences.count) built-in sentences")
    }
    var bindings = bindings
    for symbol in entry.graph.symbols where bindings[symbol] == nil { bindings[symbol] = 16 }
    return QuantizationSamples(
      runs: [try entry.randomInputs(bindings: bindings, seed: 0)],
      description: "random inputs (\(bindings)), which say less than real ones")
  }

  /// The model's tokenizer, where it has one.
  private static func tokenizer(of model: Model) throws -> Tokenizer? {
    guard let file = model.existingTokenizerFile else { return nil }
    return try Tokenizer(contentsOf: file, parts: model.registry.tokenizerParts)
  }
}

extension Entry {
  private static let textInputs: Set<String> = [
    "input_ids", "attention_mask", "token_type_ids",
  ]

  /// Whether a text gives all inputs.
  fileprivate var readsTexts: Bool {
    let inputs = graph.inputs
    return inputs.contains { $0.name == "input_ids" }
      && inputs.allSatisfy { input in
        Self.textInputs.contains(input.name ?? "") && input.type.rank == 2
          && !input.type.dtype.isFloatingPoint
      }
  }

  /// The inputs for one text.
  fileprivate func inputs(of text: String, _ tokenizer: Tokenizer) throws -> [String: Tensor] {
    let encoding = tokenizer.encode(
      text, maximumLength: tokenizer.truncation?.maximumLength ?? 512)
    var inputs: [String: Tensor] = [:]
    for input in graph.inputs {
      guard let name = input.name else { continue }
      let row =
        switch name {
        case "input_ids": encoding.ids.map(Int.init)
        case "attention_mask": encoding.ids.map { _ in 1 }
        default: encoding.typeIDs.map(Int.init)
        }
      inputs[name] = try Tensor(input.type.dtype, dims: [1, row.count], integers: row)
    }
    return inputs
  }
}
