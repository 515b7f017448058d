import Foundation

/// Texts, one a line, given out in windows. Empty lines are left out.
public struct TextLines: Sendable {
  /// Files larger than this are refused.
  public static let byteLimit = 1 << 30

  /// How many texts there are.
  public let count: Int
  private let bytes: [UInt8]
  private var position: Int

  /// The lines of the file at `path`, or of standard input where it is `-`; at least one.
  public init(path: String) throws {
    self.init(utf8: Array(try Self.text(path: path).utf8))
    if count == 0 { throw TextLinesError.empty(path) }
  }

  /// All of the file at `path`, or of standard input where it is `-`, as one text.
  public static func text(path: String) throws -> String {
    let data: Data
    if path == "-" {
      data = try FileHandle.standardInput.read(upToCount: byteLimit + 1) ?? Data()
      if data.count > byteLimit {
        throw FileError.tooLarge(path: path, bytes: data.count, limit: byteLimit)
      }
    } else {
      data = try FileReading.data(URL(filePath: path), limit: byteLimit)
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw TextLinesError.notUTF8(path)
    }
    return text
  }

  /// The lines of a text in UTF-8.
  init(utf8 bytes: [UInt8]) {
    // A byte order mark is no part of the first text.
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var (count, position) = (0, start)
    while TextLines.nextLine(in: bytes, from: &position) != nil { count += 1 }
    self.bytes = bytes
    self.count = count
    self.position = start
  }

  /// The next `most` texts, or what is left; none at the end.
  public mutating func next(_ most: Int) -> [String] {
    var lines: [String] = []
    while lines.count < most, let line = TextLines.nextLine(in: bytes, from: &position) {
      lines.append(String(decoding: bytes[line], as: UTF8.self))
    }
    return lines
  }

  /// The next line that isn't blank; nil at the end.
  private static func nextLine(in bytes: [UInt8], from position: inout Int) -> Range<Int>? {
    while position < bytes.count {
      let start = position
      var newline = 0
      while position < bytes.count {
        newline = newlineLength(in: bytes, at: position)
        if newline > 0 { break }
        position += 1
      }
      let line = start..<position
      position += newline
      if !isBlank(bytes[line]) { return line }
    }
    return nil
  }

  /// The bytes of the newline at `i`: LF to CR, U+0085, U+2028 and U+2029; 0 where there is none.
  private static func newlineLength(in bytes: [UInt8], at i: Int) -> Int {
    switch bytes[i] {
    case 0x0A...0x0D: 1
    case 0xC2 where i + 1 < bytes.count && bytes[i + 1] == 0x85: 2
    case 0xE2 where i + 2 < bytes.count && bytes[i + 1] == 0x80 && bytes[i + 2] & 0xFE == 0xA8: 3
    default: 0
    }
  }

  private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
    guard let first = line.first(where: { $0 != 0x20 && $0 != 0x09 }) else { return true }
    return first >= 0x80 && String(decoding: line, as: UTF8.self).allSatisfy(\.isWhitespace)
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
