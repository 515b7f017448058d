import Foundation

/// A model in one place made a folder that stands alone: the graph file with its imports, `config.json`,
/// the tokenizer's files and the weights.
public struct ModelImport: JSONReport, Sendable {
  /// One tensor.
  public struct Tensor: Encodable, Sendable, Hashable {
    /// Its name in the folder, as Hugging Face has it.
    public var name: String
    /// Its name in the GGUF file; nil where it comes from a folder.
    public var source: String?
    /// Its stored form: `q4_k[2048, 2048]`.
    public var type: String
  }

  /// Where the model came from.
  public var source: String
  /// The graph file that was chosen.
  public var graph: String
  /// The files that were written, sorted.
  public var files: [String]
  /// The tensors that the graph asks for, in its order.
  public var tensors: [Tensor]
  /// Tensors of the source that the graph doesn't ask for, and the folder hasn't got.
  public var unused: [String]

  /// Imports what stands at `url` into a new folder at `folder`, whole or not at all.
  ///
  /// - Parameter replacing: whether an empty folder, or one that this or `weft quantize` wrote, makes
  ///   room.
  /// - Throws: ``ImportError``, and what is wrong with the model's files.
  public init(
    of url: URL, to folder: URL, settings: [String: String] = [:], replacing: Bool = false,
    registry: Registry? = nil, cancellation: Cancellation? = nil
  ) throws {
    let package = try ModelPackage(at: url)
    guard let weights = package.weights else { throw ImportError.graphFile(url.path) }
    let source = ModelSource(
      file: package.graph, settings: settings, configuration: weights.configuration)
    let model = try Model(source, weights: weights, registry: registry)
    let whole = try QuantizedModel(importing: model)
    try whole.write(to: folder, of: source, replacing: replacing, cancellation: cancellation)
    let inFile: [String: String] =
      if let gguf = weights.gguf {
        Dictionary(
          try GGUFModel(contentsOf: gguf).names.map { ($0.huggingFace, $0.gguf) },
          uniquingKeysWith: { first, _ in first })
      } else {
        [:]
      }
    self.source = url.path
    graph = package.graph.lastPathComponent
    files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      .filter { !folder.appending(path: $0).isFolder }.sorted()
    tensors = Model.parameters(of: model.definition).compactMap { parameter, _ in
      whole.weights.weights[parameter.name].map {
        Tensor(
          name: parameter.name, source: inFile[parameter.name], type: $0.typeDescription)
      }
    }
    let checkpoint = try Checkpoint(contentsOf: url)
    unused = checkpoint.names.filter { whole.weights.weights[$0] == nil }.map { inFile[$0] ?? $0 }
  }

  /// The report for people.
  public var text: String {
    var lines = ["\(source) → \(files.joined(separator: ", ")), read by \(graph)"]
    var table = TextTable(
      columns: [
        .init("tensor", shrinks: true), .init("from", shrinks: true), .init("stored as"),
      ], width: 100)
    for tensor in tensors { table.add([tensor.name, tensor.source ?? "", tensor.type]) }
    lines.append(table.text)
    if !unused.isEmpty { lines.append("not used: " + unused.joined(separator: ", ")) }
    return lines.joined(separator: "\n")
  }
}

extension QuantizedModel {
  /// A model as it is, so that it can be written as a quantized one is.
  init(importing model: Model) throws {
    var stored: [String: StoredWeight] = [:]
    for (parameter, type) in Model.parameters(of: model.definition) {
      stored[parameter.name] = try model.shared.weights.weight(for: parameter, type: type)
    }
    let held = HeldWeights(weights: stored)
    self.init(
      original: model, model: model, weights: held, scheme: nil, quantized: [], products: [],
      kept: [],
      originalByteCount: held.byteCount)
  }
}
