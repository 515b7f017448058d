import Foundation

/// A graph file that is no file on disk: one that Weft ships, or a plugin's layers.
///
/// A graph file anywhere imports it by its path, unless a file of that path lies beside it:
///
/// ```
/// import "moe/layers.weft"
/// ```
public struct GraphFile: Sendable {
  /// The path from the folder of all such files, with `/` between names: `moe/layers.weft`.
  public let path: String
  /// The text, in UTF-8.
  public var text: [UInt8] { read() }
  private let read: @Sendable () -> [UInt8]

  /// A file whose text is given.
  public init(_ path: String, text: String) {
    self.init(path) { Array(text.utf8) }
  }

  /// A file whose text is read when it is asked for.
  public init(_ path: String, text: @escaping @Sendable () -> [UInt8]) {
    self.path = path
    read = text
  }

  var isWellNamed: Bool { RegisteredGraphFiles.isPath(path) && path.hasSuffix(".weft") }
}

/// Graph files that plugins registered, by path.
public struct RegisteredGraphFiles: Sendable {
  private var files: [String: GraphFile] = [:]

  mutating func add(_ file: GraphFile) { files[file.path] = file }

  /// The paths of all, sorted.
  public var paths: [String] { files.keys.sorted() }

  /// The text of a file that seems to stand in ``ShippedGraphs/folder``; nil for all others.
  public func contents(of url: URL) -> [UInt8]? {
    let path = url.standardizedFileURL.path
    let prefix = ShippedGraphs.folder.path + "/"
    guard path.hasPrefix(prefix) else { return nil }
    return files[String(path.dropFirst(prefix.count))]?.text
  }

  /// Where the file of that path seems to stand; nil where there is none.
  public func file(_ path: String) -> URL? {
    files[path].map { ShippedGraphs.folder.appending(path: $0.path) }
  }

  static func isPath(_ path: String) -> Bool {
    !path.utf8.contains(0)
      && path.split(separator: "/", omittingEmptySubsequences: false)
        .allSatisfy { !["", ".", ".."].contains($0) }
  }
}
