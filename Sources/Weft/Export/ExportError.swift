/// Why a model's weights can't be exported.
public enum ExportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No format has that name.
  case unknownFormat(String, known: [String])
  /// The end of the file's name names no format.
  case noFormat(String, known: [String])
  /// The format has no way to be written.
  case onlyRead(String, known: [String])
  /// The file is there already.
  case exists(String)

  /// The message.
  public var description: String {
    switch self {
    case .unknownFormat(let name, let known):
      "there is no format \(name.quotedForMessage); weights are written as \(Self.list(known))"
    case .noFormat(let path, let known):
      "\(path): the end of the name names no format; give --format one of \(Self.list(known))"
    case .onlyRead(let name, let known):
      "\(name) is a format that is only read; weights are written as \(Self.list(known))"
    case .exists(let path):
      "\(path) is there already; choose another file, or give --force to replace it"
    }
  }

  private static func list(_ names: [String]) -> String { names.sorted().joined(separator: ", ") }
}
