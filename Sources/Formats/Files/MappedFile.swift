import CMapping
import Foundation
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// A file's bytes in memory, read from disk when they are first touched.
///
/// The length is what it was when the file was opened. Whoever shortens the file later makes
/// touching the lost part a bus error, as with every mapped file; replace files by renaming. What the
/// error does to the process, ``exitsOnLostPages()`` says.
///
/// `@unchecked Sendable`: the mapping is read only and stays where it is until `deinit`.
public final class MappedFile: @unchecked Sendable {
  /// The file.
  public let url: URL
  /// The bytes. Valid while this object is alive.
  public let bytes: UnsafeRawBufferPointer
  /// Where the mapping is noted for ``exitsOnLostPages()``; -1: nowhere.
  private let number: Int32

  /// From now on, touching a part that a mapped file has lost ends the process with exit status 1 and
  /// a message that names the file, instead of a crash.
  ///
  /// It takes the signal SIGBUS, which belongs to the program: a library doesn't, `weft` does. Bus
  /// errors elsewhere go to the action that was there before.
  public static func exitsOnLostPages() { weft_mapping_watch() }

  /// Maps a regular file.
  public init(_ url: URL) throws(FileError) {
    let file = try FileReading.open(url)
    defer { close(file.descriptor) }
    self.url = url
    guard file.byteCount > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      number = -1
      return
    }
    let base = mmap(nil, file.byteCount, PROT_READ, MAP_PRIVATE, file.descriptor, 0)
    guard let base, base != MAP_FAILED else {
      throw .cannotRead(path: url.path, reason: FileReading.reason(errno))
    }
    bytes = UnsafeRawBufferPointer(start: base, count: file.byteCount)
    number = weft_mapping_note(base, file.byteCount, url.path)
  }

  deinit {
    weft_mapping_forget(number)
    if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
  }

  /// The bytes as storage of tensors; it keeps the mapping alive. Nobody may write to it.
  func storage() throws(TensorError) -> Storage {
    guard let base = bytes.baseAddress else { return try Storage(byteCount: 0) }
    return Storage(
      borrowing: UnsafeMutableRawPointer(mutating: base), byteCount: bytes.count, from: self,
      isReloadable: true)
  }
}
