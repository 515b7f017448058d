import Foundation

/// Reads texts, one a line.
public enum TextLines {
  /// Files larger than this are refused.
  public static let byteLimit = 1 << 30

  /// The lines of `path`, or of standard input where it is `-`; empty lines are left out.
  public static func read(_ path: String) throws -> [String] {
    let data: Data
    if path == "-" {
      data = try FileHandle.standardInput.read(upToCount: byteLimit) ?? Data()
    } else {
      data = try FileReading.data(URL(filePath: path), limit: byteLimit)
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw TextLinesError.notUTF8(path)
    }
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
      .filter { !$0.allSatisfy(\.isWhitespace) }
    if lines.isEmpty { throw TextLinesError.empty(path) }
    return lines
  }
}

/// Why a file of texts can't be read.
public enum TextLinesError: Error, CustomStringConvertible {
  /// The bytes aren't UTF-8.
  case notUTF8(String)
  /// There is no text.
  case empty(String)

  public var description: String {
    switch self {
    case .notUTF8(let path): "\(path): the text isn't UTF-8"
    case .empty(let path): "\(path): there is no text in it; one a line is expected"
    }
  }
}
