import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// Writes a file so that it is there whole or not at all.
///
/// The bytes go to a new file in the same folder, which takes the name once they are on disk. When
/// something fails, the new file is removed and an old file of that name stays as it was. A link stays
/// a link: the file that it leads to is replaced. A device or pipe has no name to give away, and gets
/// the bytes as they come.
public enum AtomicFile {
  /// Where the contents go.
  public struct Sink {
    fileprivate let descriptor: Int32
    fileprivate let path: String

    /// Appends bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
      try AtomicFile.write(bytes, to: descriptor, path: path)
    }

    /// Appends bytes.
    public func write(_ data: Data) throws(FileError) {
      let result = data.withUnsafeBytes { bytes in
        Result { () throws(FileError) in try write(bytes) }
      }
      try result.get()
    }
  }

  /// Writes what `body` puts into the sink to the file at `url`.
  public static func write(
    to url: URL, _ body: (Sink) throws(FileError) -> Void
  ) throws(FileError) {
    var status = stat()
    let exists = stat(url.path, &status) == 0
    switch exists ? status.st_mode & S_IFMT : S_IFREG {
    case S_IFREG:
      let mode = exists ? status.st_mode & 0o7777 : 0o666 & ~currentMask
      try replace(url.resolvingSymlinksInPath(), mode: mode, body)
    case S_IFDIR: throw .cannotWrite(path: url.path, reason: FileReading.reason(EISDIR))
    default: try stream(to: url.path, body)
    }
  }

  /// Writes to what stays where it is: a device or pipe.
  private static func stream(
    to path: String, _ body: (Sink) throws(FileError) -> Void
  ) throws(FileError) {
    let descriptor = FileReading.openFile(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    do throws(FileError) {
      try body(Sink(descriptor: descriptor, path: path))
    } catch {
      close(descriptor)
      throw error
    }
    guard close(descriptor) == 0 else { throw failure(path) }
  }

  /// Writes a new file and gives it the name.
  private static func replace(
    _ url: URL, mode: mode_t, _ body: (Sink) throws(FileError) -> Void
  ) throws(FileError) {
    let path = url.path
    let temporary = url.deletingLastPathComponent()
      .appending(path: ".\(url.lastPathComponent.prefix(100)).XXXXXX").path
    var template = Array(temporary.utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw failure(path) }
    var isOpen = true
    do throws(FileError) {
      try body(Sink(descriptor: descriptor, path: path))
      guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else {
        throw failure(path)
      }
      isOpen = false
      guard close(descriptor) == 0, rename(template, path) == 0 else { throw failure(path) }
    } catch {
      if isOpen { close(descriptor) }
      unlink(template)
      throw error
    }
  }

  /// Writes all of `bytes`, however many calls that takes.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String)
    throws(FileError)
  {
    var rest = bytes[...]
    while !rest.isEmpty, let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress {
      #if canImport(Glibc)
        let written = Glibc.write(descriptor, base, min(rest.count, 1 << 30))
      #elseif canImport(Musl)
        let written = Musl.write(descriptor, base, min(rest.count, 1 << 30))
      #else
        let written = Darwin.write(descriptor, base, min(rest.count, 1 << 30))
      #endif
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure(path) }
      rest = rest.dropFirst(written)
    }
  }

  /// The mask that new files' permissions are under. It can only be read by setting it.
  static let currentMask: mode_t = {
    let mask = umask(0o022)
    umask(mask)
    return mask
  }()

  private static func failure(_ path: String) -> FileError {
    .cannotWrite(path: path, reason: FileReading.reason(errno))
  }
}
