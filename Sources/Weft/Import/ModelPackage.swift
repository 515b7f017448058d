import Foundation

/// What stands for a model in one place: a graph file, a GGUF file, or a folder with weights.
///
/// A GGUF file and a folder say of what kind they are, and that chooses one of the graph files that are
/// compiled into the program; a folder with a graph file of its own is read by that.
public struct ModelPackage: Sendable {
  /// The graph file.
  public let graph: URL
  /// The weights that stand there; nil for a graph file.
  public let weights: WeightOrigin?

  /// Which graph file reads which models of Hugging Face's, by `model_type`.
  public static let families: [(graph: String, modelTypes: [String])] = [
    ("llama", ["llama", "mistral", "qwen2", "qwen3", "phi3"]),
    ("gemma", ["gemma", "gemma2", "gemma3_text"]),
    ("phi", ["phi"]),
    ("gpt2", ["gpt2"]),
    ("t5", ["t5"]),
    ("bert", ["bert"]),
    ("vit", ["vit"]),
  ]

  /// What stands at `url`. A graph file isn't looked at.
  ///
  /// - Throws: ``ImportError`` for a folder that says no kind, or one that Weft has no graph file for,
  ///   and `FormatError` for a broken GGUF file or `config.json`.
  public init(at url: URL) throws {
    guard url.isGGUF || url.isFolder else {
      (graph, weights) = (url, nil)
      return
    }
    weights = .checkpoint(url)
    if url.isFolder, let own = try ModelPackage.graphFile(in: url) {
      graph = own
      return
    }
    guard let configuration = weights?.configuration else {
      throw ImportError.noConfiguration(url.path)
    }
    let config = try ModelConfig(contentsOf: configuration)
    guard let type = try config.string(at: "model_type") else {
      throw ImportError.noModelType(configuration.path)
    }
    guard let family = ModelPackage.families.first(where: { $0.modelTypes.contains(type) }) else {
      throw ImportError.modelType(type, path: configuration.path)
    }
    // A sentence encoder has a file that says how tokens become a sentence.
    let isEncoder =
      family.graph == "bert"
      && FileManager.default.fileExists(atPath: url.appending(path: "modules.json").path)
    graph = ShippedGraphs.file(isEncoder ? "minilm" : family.graph)
  }

  /// The one graph file of a folder; nil where there is none.
  private static func graphFile(in folder: URL) throws -> URL? {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".weft") }.sorted()
    guard names.count <= 1 else { throw ImportError.severalGraphs(folder.path, names) }
    return names.first.map { folder.appending(path: $0) }
  }
}
