import Formats

/// Why a tokenizer couldn't be read.
public enum TokenizerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file can't be read.
  case file(FileError)
  /// The file isn't JSON.
  case json(source: String, JSONError)
  /// A field of the file isn't what it must be, or names a part that there isn't.
  case field(source: String, JSONFieldError)
  /// The file isn't a whole GGUF file.
  case format(FormatError)
  /// The metadata of a GGUF file describes no tokenizer that Weft reads.
  case metadata(source: String, GGUFFault)

  /// The message.
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .json(let source, let error): "\(source):\(error)"
    case .field(let source, let error): "\(source): \(error)"
    case .format(let error): "\(error)"
    case .metadata(let source, let fault): "\(source): \(fault)"
    }
  }
}
