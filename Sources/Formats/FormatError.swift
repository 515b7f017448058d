import Tensors

/// Why weights or a configuration couldn't be read or written.
public enum FormatError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file can't be read or written.
  case file(FileError)
  /// The file isn't JSON.
  case json(path: String, JSONError)
  /// A field of a JSON file isn't what it must be.
  case field(path: String, JSONFieldError)
  /// The file isn't a whole, consistent safetensors file.
  case safetensors(path: String, SafetensorsFault)
  /// The file isn't a whole, consistent GGUF file, or not of a model that Weft knows.
  case gguf(path: String, GGUFFault)
  /// The folder isn't a checkpoint.
  case checkpoint(path: String, CheckpointFault)
  /// The checkpoint's tensors aren't those that the graph needs.
  case mismatch(path: String, CheckpointMismatch)
  /// There is no such tensor.
  case noTensor(path: String, name: String, nearest: String?)
  /// A tensor couldn't be made.
  case tensor(path: String, name: String, TensorError)
  /// A plugin's format says in its own words what is wrong.
  case other(path: String, format: String, reason: String)
  /// A format can't hold the model, and says why.
  case unwritable(path: String, format: String, reason: String)

  /// The message.
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .json(let path, let error): "\(path):\(error)"
    case .field(let path, let error): "\(path): \(error)"
    case .safetensors(let path, let fault): "\(path): \(fault)"
    case .gguf(let path, let fault): "\(path): \(fault)"
    case .checkpoint(let path, let fault): "\(path): \(fault)"
    case .mismatch(let path, let mismatch): "\(path): \(mismatch)"
    case .noTensor(let path, let name, let nearest):
      "\(path): there is no tensor \(name.quotedForMessage)"
        + (nearest.map { "; did you mean \($0.quotedForMessage)?" } ?? "")
    case .tensor(let path, let name, let error):
      "\(path): tensor \(name.quotedForMessage): \(error)"
    case .other(let path, let format, let reason): "\(path): not a whole \(format) file: \(reason)"
    case .unwritable(let path, let format, let reason):
      "\(path): can't be written as \(format): \(reason)"
    }
  }
}
