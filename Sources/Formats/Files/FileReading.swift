import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// Opening and reading regular files, with the system's reasons in the errors.
public enum FileReading {
  /// The bytes of a file that has at most `limit` of them.
  public static func data(_ url: URL, limit: Int) throws(FileError) -> Data {
    let file = try open(url)
    defer { close(file.descriptor) }
    guard file.byteCount <= limit else {
      throw .tooLarge(path: url.path, bytes: file.byteCount, limit: limit)
    }
    var data = Data(count: file.byteCount)
    let (got, code) = data.withUnsafeMutableBytes { readAll(file.descriptor, into: $0) }
    guard code == 0 else { throw .cannotRead(path: url.path, reason: reason(code)) }
    return got < data.count ? data.prefix(got) : data
  }

  /// Opens a regular file for reading. Doesn't block on a pipe, and refuses one.
  static func open(_ url: URL) throws(FileError) -> (descriptor: Int32, byteCount: Int) {
    let path = url.path
    let descriptor = openFile(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .cannotRead(path: path, reason: reason(errno)) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw .cannotRead(path: path, reason: reason(code))
    }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG else {
      close(descriptor)
      throw .notAFile(path: path, found: kind == S_IFDIR ? "a folder" : "a device or pipe")
    }
    return (descriptor, Int(status.st_size))
  }

  /// The system's `open`, whose name this type has given to something else.
  static func openFile(_ path: String, _ flags: Int32) -> Int32 {
    #if canImport(Darwin)
      Darwin.open(path, flags)
    #elseif canImport(Musl)
      Musl.open(path, flags)
    #else
      Glibc.open(path, flags)
    #endif
  }

  private static func readAll(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer)
    -> (count: Int, code: Int32)
  {
    var count = 0
    while count < buffer.count, let base = buffer.baseAddress {
      let got = read(descriptor, base + count, buffer.count - count)
      if got < 0, errno == EINTR { continue }
      if got < 0 { return (count, errno) }
      if got == 0 { break }
      count += got
    }
    return (count, 0)
  }

  /// The system's text for an error number.
  static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
