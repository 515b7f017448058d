import Foundation

extension Profile {
  /// The largest file that is read, in bytes.
  public static let byteLimit = 1 << 28

  /// The profile that ``JSONReport/json()`` wrote.
  ///
  /// - Parameter file: what the data is called in errors.
  public init(json data: Data, file: String) throws(ProfileError) {
    guard !data.allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) else {
      throw .empty(file: file)
    }
    struct Header: Decodable {
      var format: String?
      var version: Int?
      var traceEvents: Anything?
    }
    struct Anything: Decodable { init(from decoder: any Decoder) {} }
    let header: Header
    do {
      header = try JSONDecoder().decode(Header.self, from: data)
    } catch {
      throw .malformed(file: file, reason: Profile.reason(error))
    }
    guard header.format == Profile.format else {
      throw .otherFormat(
        file: file,
        found: header.format.map { "'\($0)'" }
          ?? (header.traceEvents == nil ? "other JSON" : "a timeline"))
    }
    guard header.version == Profile.version else {
      throw .otherVersion(file: file, found: header.version ?? 0)
    }
    do {
      self = try JSONDecoder().decode(Profile.self, from: data)
    } catch {
      throw .malformed(file: file, reason: Profile.reason(error))
    }
  }

  private static func reason(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }
      return path.joined().drop { $0 == "." }.description
    }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context)?:
      let owner = place(context)
      return "'\(key.stringValue)' is missing" + (owner.isEmpty ? "" : " in \(owner)")
    case .typeMismatch(_, let context)?, .valueNotFound(_, let context)?:
      let owner = place(context)
      return owner.isEmpty ? "it is no object" : "\(owner) has another type"
    case .dataCorrupted(let context)?:
      let owner = place(context)
      return owner.isEmpty ? "it is no JSON" : "\(owner) has no such value"
    default: return "it can't be read"
    }
  }
}
