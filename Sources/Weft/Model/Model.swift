import Foundation
import Synchronization

/// A model that can run: what a graph file declares, with weights.
///
/// ```swift
/// let model = try Model(
///   ModelSource(file: URL(filePath: "Graphs/minilm.weft")),
///   weights: .checkpoint(URL(filePath: "all-MiniLM-L6-v2")))
/// let outputs = try model.entry().run(["input_ids": ids, "attention_mask": mask])
/// ```
public final class Model: Sendable {
  /// What the graph file declares.
  public let definition: ModelDefinition
  /// The ops and passes that it is compiled with.
  public let registry: Registry
  /// Where its weights come from; nil for a model that is only looked at.
  public let weightOrigin: WeightOrigin?
  /// What runs its plans.
  public let executor: PlanExecutor
  let entries: [Entry]
  let shared: SharedResources

  /// The model of `source`.
  ///
  /// - Parameters:
  ///   - threads: of a run at most; by default what affinity and quota leave.
  ///   - instructions: which kernels run; by default what `WEFT_ISA` names, else the machine's best.
  ///   - startup: writes down how long each phase takes, to the first plan.
  ///   - lowMemory: whether plans search for an order of their nodes that takes little memory.
  ///   - states: how states are stored where a plan doesn't say.
  /// - Throws: ``GraphFileError`` for the graph file, `FormatError` for the checkpoint, which is
  ///   checked against every entry.
  public convenience init(
    _ source: ModelSource, weights: WeightOrigin?, threads: Int? = nil,
    instructions: InstructionSet? = nil, registry: Registry? = nil, startup: StartupRecorder? = nil,
    lowMemory: Bool = false, states: StateFormat = .f32
  ) throws {
    let registry = try registry ?? Registry.standard()
    try self.init(
      source.definition(registry: registry, startup: startup), weights: weights, threads: threads,
      instructions: instructions, registry: registry, startup: startup, lowMemory: lowMemory,
      states: states)
  }

  /// The model of an elaborated definition.
  public init(
    _ definition: ModelDefinition, weights: WeightOrigin?, threads: Int? = nil,
    instructions: InstructionSet? = nil, registry: Registry, startup: StartupRecorder? = nil,
    lowMemory: Bool = false, states: StateFormat = .f32
  ) throws {
    self.definition = definition
    self.registry = registry
    weightOrigin = weights
    executor = PlanExecutor(threads: threads)
    let start = Clock.nanoseconds()
    let source = try Model.weightSource(weights, of: definition, registry.formats)
    startup?.record(.openCheckpoint, nanoseconds: Clock.nanoseconds() - start)
    let shared = SharedResources(
      weights: source, executor: executor, passes: registry.passes + Model.rounding(source),
      table: try instructions.map { try InstructionSet.table(choice: $0.rawValue) }
        ?? InstructionSet.table(), packed: PackedWeights(threads: executor.threads),
      offers: registry.kernels, startup: startup, order: lowMemory ? .searched : .quick,
      states: states)
    self.shared = shared
    entries = definition.entries.map { Entry($0, of: definition.name, shared) }
  }

  /// `model` with other weights.
  ///
  /// - Parameter packed: where packed weights are found and kept; by default a place of its own.
  init(_ model: Model, weights source: any WeightSource, packed: PackedWeights? = nil) {
    definition = model.definition
    registry = model.registry
    weightOrigin = model.weightOrigin
    executor = model.executor
    let shared = SharedResources(
      weights: source, executor: executor, passes: registry.passes + Model.rounding(source),
      table: model.shared.table, packed: packed ?? PackedWeights(threads: executor.threads),
      offers: model.shared.offers, startup: nil,
      order: model.shared.order, states: model.shared.states)
    self.shared = shared
    entries = definition.entries.map { Entry($0, of: model.definition.name, shared) }
  }

  /// The entry of that name, by default the first.
  public func entry(_ name: String? = nil) throws(ModelError) -> Entry {
    let found = name == nil ? entries.first : entries.first { $0.name == name }
    guard let found else {
      throw .unknownEntry(name ?? "main", known: entries.map(\.name))
    }
    return found
  }

  /// The tokenizer that the model names, or `tokenizer.json`, in the folder of its weights; a GGUF
  /// file has its own.
  public var tokenizerFile: URL? {
    weightOrigin?.gguf
      ?? weightOrigin?.folder?.appending(path: definition.tokenizer ?? "tokenizer.json")
  }

  /// ``tokenizerFile``, where there is such a file, and a tokenizer in it.
  public var existingTokenizerFile: URL? {
    if let gguf = weightOrigin?.gguf {
      let metadata = try? GGUFReader(contentsOf: gguf).metadata
      return metadata?["tokenizer.ggml.tokens"] == nil ? nil : gguf
    }
    return tokenizerFile.flatMap { FileManager.default.fileExists(atPath: $0.path) ? $0 : nil }
  }

  /// The weights of all entries, none twice, in the order of declaration.
  public static func parameters(
    of definition: ModelDefinition
  ) -> [(parameter: Parameter, type: TensorType)] {
    var seen: Set<String> = []
    return definition.entries.flatMap(\.parameters).compactMap { value, parameter in
      seen.insert(parameter.name).inserted ? (parameter, value.type) : nil
    }
  }

  /// The passes that weights ask for, after all others: products that are to be rounded.
  static func rounding(_ weights: any WeightSource) -> [any Pass] {
    weights.roundedProducts.isEmpty ? [] : [RoundProducts(weights.roundedProducts)]
  }

  private static func weightSource(
    _ origin: WeightOrigin?, of definition: ModelDefinition, _ formats: [any WeightFormat]
  ) throws -> any WeightSource {
    switch origin {
    case .checkpoint(let url):
      try CheckpointWeights(
        parameters(of: definition), at: weightFile(url, definition), formats: formats)
    case .random(let seed): RandomWeights(seed: seed)
    case nil: NoWeights()
    }
  }

  /// The file that the model names in a checkpoint's folder, where it is there; else the folder.
  private static func weightFile(_ url: URL, _ definition: ModelDefinition) -> URL {
    guard let name = definition.weights, url.isFolder else { return url }
    let file = url.appending(path: name)
    return FileManager.default.fileExists(atPath: file.path) ? file : url
  }

  /// A few lines on what the model is: entries, inputs, outputs, parameters.
  public var summary: String {
    let parameters = Model.parameters(of: definition)
    let count = parameters.reduce(0) { sum, parameter in
      let elements = (parameter.type.shape.values ?? []).reduce(1, *)
      let (total, overflow) = sum.addingReportingOverflow(elements)
      return overflow ? .max : total
    }
    var lines = [
      "\(definition.name): \(parameters.count) weights, \(count.grouped) parameters"
    ]
    for entry in definition.entries {
      let inputs = entry.inputs.map { "\($0.name ?? ""): \($0.type)" }
      let outputs = entry.outputs.map { "\($0.name): \(entry.type(of: $0.value))" }
      lines.append("  entry \(entry.name), \(entry.nodes.count) nodes")
      for input in inputs { lines.append("    in  " + input) }
      for output in outputs { lines.append("    out " + output) }
    }
    return lines.joined(separator: "\n")
  }
}

/// What a model without weights answers.
struct NoWeights: WeightSource {
  func weight(for parameter: Parameter, type: TensorType) throws -> StoredWeight {
    throw ModelError.noWeights(parameter.name)
  }
}

extension Int {
  /// The number with a comma between groups of three digits.
  var grouped: String {
    var digits = String(magnitude)
    var at = digits.count - 3
    while at > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: at))
      at -= 3
    }
    return (self < 0 ? "-" : "") + digits
  }
}
