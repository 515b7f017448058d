import Foundation

extension AtomicFile {
  /// Writes `data` to the file at `url`, whole or not at all.
  public static func write(_ data: Data, to url: URL) throws(FileError) {
    try write(to: url) { sink throws(FileError) in try sink.write(data) }
  }
}
