/// Why a folder or a GGUF file can't be taken for a model.
public enum ImportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A folder has neither a graph file nor a `config.json`.
  case noConfiguration(String)
  /// A graph file is imported, which has no weights.
  case graphFile(String)
  /// A `config.json` doesn't say what it is of.
  case noModelType(String)
  /// There is no graph file for such models.
  case modelType(String, path: String)
  /// A folder has several graph files.
  case severalGraphs(String, [String])

  /// The message.
  public var description: String {
    switch self {
    case .noConfiguration(let path):
      "\(path): expected a graph file (.weft) or a config.json in this folder, found neither"
        + " (give a graph file, and the folder with --weights)"
    case .graphFile(let path):
      "\(path): expected a GGUF file or a folder with weights, found a file"
    case .noModelType(let path):
      "\(path): 'model_type' is missing (give a graph file, and the folder with --weights)"
    case .modelType(let type, let path):
      "\(path): 'model_type': expected one of "
        + ModelPackage.families.flatMap(\.modelTypes).sorted().joined(separator: ", ")
        + ", found \(type.quotedForMessage) (give a graph file, and the folder with --weights)"
    case .severalGraphs(let path, let names):
      "\(path): expected one graph file, found \(names.joined(separator: ", "))"
        + " (name one of them, and the folder with --weights)"
    }
  }
}
