/// Why a file couldn't be read or written.
public enum FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The system says why not.
  case cannotRead(path: String, reason: String)
  /// It is something else than a file.
  case notAFile(path: String, found: String)
  /// It is larger than such a file may be.
  case tooLarge(path: String, bytes: Int, limit: Int)
  /// Something of that name is there already.
  case exists(path: String)
  /// The system says why not; nothing was left behind.
  case cannotWrite(path: String, reason: String)

  /// The message.
  public var description: String {
    switch self {
    case .cannotRead(let path, let reason): "\(path): cannot be read: \(reason)"
    case .notAFile(let path, let found): "\(path): expected a file, found \(found)"
    case .tooLarge(let path, let bytes, let limit):
      "\(path): expected at most \(limit) bytes, found \(bytes)"
    case .exists(let path): "\(path): is there already"
    case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)"
    }
  }
}
