import Foundation
import GraphLanguage

/// Files of the repository.
enum Fixtures {
  static let tests = URL(filePath: #filePath).deletingLastPathComponent()
  static let root = tests.deletingLastPathComponent().deletingLastPathComponent()
  static let graphs = root.appending(path: "Graphs")

  /// All files below `folder` that end in `.weft`, sorted.
  static func graphFiles(below folder: URL) -> [URL] {
    let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (all?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "weft" }
      .sorted { $0.path < $1.path }
  }

  static func source(_ file: URL) throws -> SourceText {
    SourceText(name: file.lastPathComponent, bytes: Array(try Data(contentsOf: file)))
  }
}
