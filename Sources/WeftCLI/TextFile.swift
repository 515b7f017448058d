import Foundation
import Weft

/// A file that is read as one text.
enum TextFile {
  /// The text of the file at `path`, or of standard input where it is `-`.
  static func read(_ path: String) throws -> String {
    let data: Data
    if path == "-" {
      data = try FileHandle.standardInput.read(upToCount: TextLines.byteLimit + 1) ?? Data()
      if data.count > TextLines.byteLimit {
        throw FileError.tooLarge(path: path, bytes: data.count, limit: TextLines.byteLimit)
      }
    } else {
      data = try FileReading.data(URL(filePath: path), limit: TextLines.byteLimit)
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw TextLinesError.notUTF8(path)
    }
    return text
  }
}
