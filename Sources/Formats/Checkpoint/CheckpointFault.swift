/// Why a folder isn't a checkpoint.
public enum CheckpointFault: Sendable, Hashable, CustomStringConvertible {
  /// There are no weights in it that Weft reads; `others` are weights of other formats.
  case noWeights(others: [String])
  /// There are several files, and no index says how they belong together.
  case severalFiles([String])
  /// The index names a file outside the folder.
  case outside(tensor: String, file: String)
  /// The index says that a file holds a tensor, and it doesn't.
  case notInShard(tensor: String, file: String)

  /// The message.
  public var description: String {
    switch self {
    case .noWeights(let others):
      "expected model.safetensors, model.safetensors.index.json or one *.safetensors, found "
        + (others.isEmpty
          ? "none of them" : "\(others.joined(separator: ", ")) (save it as safetensors)")
    case .severalFiles(let files):
      "expected one *.safetensors or an index, found \(files.joined(separator: ", "))"
        + " (name the file itself)"
    case .outside(let tensor, let file):
      "weight_map[\(tensor.quotedForMessage)]: expected a file in this folder,"
        + " found \(file.quotedForMessage)"
    case .notInShard(let tensor, let file):
      "weight_map[\(tensor.quotedForMessage)]: expected the tensor in"
        + " \(file.quotedForMessage), which has none of that name"
    }
  }
}
