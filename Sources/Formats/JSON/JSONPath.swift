/// Where a value stands in a JSON document: `model.vocab["foo bar"]`, `added_tokens[3].id`.
///
/// Kept as its parts: the text is made only for messages.
public indirect enum JSONPath: Sendable, Hashable, CustomStringConvertible {
  /// The document itself; its text is empty.
  case root
  /// A member of an object.
  case member(JSONPath, String)
  /// An element of an array.
  case element(JSONPath, Int)

  /// The path as a programmer writes it.
  public var description: String {
    switch self {
    case .root: return ""
    case .element(let path, let i): return "\(path)[\(i)]"
    case .member(let path, let key):
      guard JSONPath.isName(key) else { return "\(path)[\(key.quotedForMessage)]" }
      return path == .root ? key : "\(path).\(key)"
    }
  }

  private static func isName(_ key: String) -> Bool {
    !key.isEmpty && key.utf8.count <= 60
      && key.utf8.allSatisfy { byte in
        byte == UInt8(ascii: "_") || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
          || (byte >= 0x30 && byte <= 0x39)
      }
  }
}
