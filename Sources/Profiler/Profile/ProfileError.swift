/// Why a profile can't be read or shown.
public enum ProfileError: Error, Hashable, CustomStringConvertible {
  /// There is no such layer.
  case unknownLayer(String, known: [String])
  /// The file is empty.
  case empty(file: String)
  /// The file isn't JSON, or a property is missing or of another kind.
  case malformed(file: String, reason: String)
  /// The file is JSON, but no profile.
  case otherFormat(file: String, found: String)
  /// The file is a profile of another version.
  case otherVersion(file: String, found: Int)

  public var description: String {
    switch self {
    case .unknownLayer(let name, let known):
      "there is no layer '\(name)'; there is \(known.prefix(12).joined(separator: ", "))"
    case .empty(let file): "\(file): expected a profile, found an empty file; \(Self.hint)"
    case .malformed(let file, let reason): "\(file): not a profile: \(reason); \(Self.hint)"
    case .otherFormat(let file, let found):
      "\(file): expected a profile, found \(found); \(Self.hint)"
    case .otherVersion(let file, let found):
      "\(file): expected a profile of version \(Profile.version), found version \(found);"
        + " profile again with this weft"
    }
  }

  private static let hint = "weft profile --json writes one"
}
