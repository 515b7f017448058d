import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// Writes a folder so that it is there whole or not at all.
///
/// Its files go into a new folder beside it, which takes the name once all are written. When something
/// fails, the new folder is removed and an old one of that name stays as it was.
public enum AtomicFolder {
  /// Lets `body` fill a folder that becomes the one at `url`.
  ///
  /// - Parameter replacing: whether a folder that is there already makes room.
  /// - Throws: ``FileError``, or what `body` throws.
  public static func write(
    to url: URL, replacing: Bool = false, _ body: (URL) throws -> Void
  ) throws {
    if !replacing, FileManager.default.fileExists(atPath: url.path) {
      throw FileError.exists(path: url.path)
    }
    let new = try temporaryFolder(beside: url)
    do {
      try body(new)
      guard chmod(new.path, 0o777 & ~AtomicFile.currentMask) == 0 else { throw failure(url) }
      try move(new, to: url, replacing: replacing)
    } catch {
      try? FileManager.default.removeItem(at: new)
      throw error
    }
  }

  private static func move(_ new: URL, to url: URL, replacing: Bool) throws {
    guard replacing, FileManager.default.fileExists(atPath: url.path) else {
      guard rename(new.path, url.path) == 0 else { throw failure(url) }
      return
    }
    let old = try temporaryFolder(beside: url)
    guard rename(url.path, old.path) == 0 else {
      let error = failure(url)
      rmdir(old.path)
      throw error
    }
    guard rename(new.path, url.path) == 0 else {
      let error = failure(url)
      _ = rename(old.path, url.path)
      throw error
    }
    try? FileManager.default.removeItem(at: old)
  }

  /// A new empty folder in the folder that holds `url`.
  private static func temporaryFolder(beside url: URL) throws(FileError) -> URL {
    let path = url.deletingLastPathComponent()
      .appending(path: ".\(url.lastPathComponent.prefix(100)).XXXXXX").path
    var template = Array(path.utf8CString)
    guard mkdtemp(&template) != nil else { throw failure(url) }
    let name = template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return URL(filePath: String(decoding: name, as: UTF8.self), directoryHint: .isDirectory)
  }

  private static func failure(_ url: URL) -> FileError {
    .cannotWrite(path: url.path, reason: FileReading.reason(errno))
  }
}
