import Foundation

/// A folder of a test's own, removed with it.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "weft-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> URL {
    let file = url.appending(path: name)
    try Data(bytes).write(to: file)
    return file
  }

  func file(_ name: String, _ text: String) throws -> URL { try file(name, text.utf8) }

  /// A safetensors file with this header and so many bytes of zeros.
  func weights(_ header: String, data: Int = 0) throws -> URL {
    try file("x.safetensors", Self.safetensors(header, data: data))
  }

  static func safetensors(_ header: String, length: UInt64? = nil, data: Int) -> [UInt8] {
    let length = length ?? UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
      + Array(header.utf8) + [UInt8](repeating: 0, count: data)
  }

  /// The text of what `body` throws, with this folder's path left out.
  func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)".replacingOccurrences(of: url.path + "/", with: "")
        .replacingOccurrences(of: url.path, with: "FOLDER")
    }
  }

  var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
  }
}
