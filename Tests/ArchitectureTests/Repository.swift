import Foundation

/// The checkout that the tests were built from.
enum Repository {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Every file below `folder` whose name ends in one of `suffixes`, sorted.
  static func files(in folder: String, suffixes: [String]) throws -> [URL] {
    let walk = FileManager.default.enumerator(
      at: root.appending(path: folder), includingPropertiesForKeys: nil)
    let files = (walk?.allObjects as? [URL] ?? []).filter { url in
      suffixes.contains { url.lastPathComponent.hasSuffix($0) }
    }
    return files.sorted { $0.path < $1.path }
  }

  static func text(_ url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }
}
