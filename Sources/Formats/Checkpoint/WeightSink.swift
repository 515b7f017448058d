import Foundation

/// Where a format writes a file of weights, from its first byte to its last.
///
/// The file takes its name once all of it is on disk. Where writing fails, or someone cancels it, nothing
/// is left behind.
public struct WeightSink {
  /// The file, for messages.
  public let url: URL
  private let sink: AtomicFile.Sink
  private let advance: (Int) -> Bool

  /// Bytes that are written between two looks at whether to go on.
  private static let stretch = 4 << 20

  /// Appends bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(FormatError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.stretch))
      do { try sink.write(part) } catch { throw .file(error) }
      guard advance(part.count) else {
        throw .file(.cannotWrite(path: url.path, reason: "cancelled"))
      }
      rest = rest.dropFirst(part.count)
    }
  }

  /// Appends bytes.
  public func write(_ data: Data) throws(FormatError) {
    let result = data.withUnsafeBytes { bytes in
      Result { () throws(FormatError) in try write(bytes) }
    }
    try result.get()
  }

  /// Writes the file at `url`, whole or not at all.
  ///
  /// - Parameter advance: gets the bytes that were written since its last call, and says whether to go on.
  public static func file(
    _ url: URL, advance: @escaping (Int) -> Bool = { _ in true },
    _ body: (WeightSink) throws(FormatError) -> Void
  ) throws(FormatError) {
    var failure: FormatError?
    do throws(FileError) {
      try AtomicFile.write(to: url) { sink throws(FileError) in
        do throws(FormatError) {
          try body(WeightSink(url: url, sink: sink, advance: advance))
        } catch {
          failure = error
          throw .cannotWrite(path: url.path, reason: "\(error)")
        }
      }
    } catch {
      throw failure ?? .file(error)
    }
  }
}
