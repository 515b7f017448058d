import IR

/// The text of a graph file with its lines.
public struct SourceText: Sendable {
  /// The file as the user named it.
  public let name: String
  /// The text in UTF-8.
  public let bytes: [UInt8]
  /// The position of this text among a program's files.
  let file: Int
  private let lineStarts: [Int]

  /// The text of a file.
  public init(name: String, bytes: [UInt8]) { self.init(name: name, bytes: bytes, file: 0) }

  init(name: String, bytes: [UInt8], file: Int) {
    self.name = name
    self.bytes = bytes
    self.file = file
    var starts = [0]
    // A file that is too long is refused before anybody asks for its lines.
    if bytes.count <= Limits.sourceBytes {
      for i in bytes.indices where bytes[i] == UInt8(ascii: "\n") { starts.append(i + 1) }
    }
    lineStarts = starts
  }

  /// The line that holds the byte at `offset`, from 0, in logarithmic time.
  func line(at offset: Int) -> Int {
    var (low, high) = (0, lineStarts.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// The place of the byte at `offset`.
  func location(at offset: Int) -> SourceLocation {
    let line = line(at: offset)
    return SourceLocation(file: name, line: line + 1, column: offset - lineStarts[line] + 1)
  }

  /// The first byte of a line, from 0.
  func offset(ofLine line: Int) -> Int { lineStarts[line] }

  /// The text of a line, from 0, without its end.
  func text(ofLine line: Int) -> String {
    let start = lineStarts[line]
    var end = line + 1 < lineStarts.count ? lineStarts[line + 1] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// The text of `span`.
  func text(_ span: Span) -> String {
    String(decoding: bytes[span.start..<span.end], as: UTF8.self)
  }
}

/// A part of a file: where something in a syntax tree stands.
///
/// Equal to every other span, so that two trees are equal where they say the same.
public struct Span: Sendable {
  /// The position of the file in its program.
  public var file: Int
  /// The first byte.
  public var start: Int
  /// Just after the last byte.
  public var end: Int

  /// The bytes `start ..< end` of a file.
  public init(file: Int = 0, _ start: Int = 0, _ end: Int = 0) {
    self.file = file
    self.start = start
    self.end = end
  }

  /// From the start of this one to the end of `other`.
  func through(_ other: Span) -> Span { Span(file: file, start, max(end, other.end)) }
}

extension Span: Hashable {
  /// Always true.
  public static func == (a: Span, b: Span) -> Bool { true }

  /// Adds nothing.
  public func hash(into hasher: inout Hasher) {}
}
