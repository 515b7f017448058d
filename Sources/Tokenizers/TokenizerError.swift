import Formats

/// Why a tokenizer couldn't be read.
public enum TokenizerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file can't be read.
  case file(FileError)
  /// The file isn't JSON.
  case json(source: String, JSONError)
  /// A field of the file isn't what it must be, or names a part that there isn't.
  case field(source: String, JSONFieldError)

  /// The message.
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .json(let source, let error): "\(source):\(error)"
    case .field(let source, let error): "\(source): \(error)"
    }
  }
}
