import Formats
import Foundation

/// A shared library as a file: what it exports, and the bytes of exported data, told without running
/// anything of it.
///
/// Reads ELF (System V ABI, chapter 4 and 5; 64 bits, little-endian). Every offset is checked against the
/// file's size.
public struct SharedLibraryFile: Sendable {
  /// Where it is.
  public let path: String
  private let file: ELFBytes
  private let symbols: [String: ELFSymbol]

  /// Larger files aren't read.
  static let byteLimit = 1 << 29

  /// Reads the library at `path`, for this machine.
  public init(path: String) throws(PluginError) {
    let data: Data
    do {
      data = try FileReading.data(URL(filePath: path), limit: Self.byteLimit)
    } catch {
      throw .unreadable(reason: "\(error)")
    }
    try self.init(path: path, data: data)
  }

  /// The library of these bytes.
  init(path: String, data: Data) throws(PluginError) {
    self.path = path
    file = ELFBytes(path: path, data: data)
    try file.checkHeader()
    symbols = try file.dynamicSymbols()
  }

  /// Whether it exports `symbol`.
  public func exports(_ symbol: String) -> Bool { symbols[symbol] != nil }

  /// The texts of its bytes that begin with `start` and end with `end`, both included, where the end comes
  /// within `limit` bytes.
  func texts(from start: String, to end: String, limit: Int) -> [String] {
    let data = file.data
    var texts: [String] = []
    var rest = data[...]
    while let found = rest.range(of: Data(start.utf8)) {
      let window = data[found.lowerBound..<min(found.lowerBound + limit, data.endIndex)]
      if let last = window.range(of: Data(end.utf8)) {
        texts.append(String(decoding: data[found.lowerBound..<last.upperBound], as: UTF8.self))
      }
      rest = data[found.upperBound...]
    }
    return texts
  }

  /// The bytes of the data that it exports as `symbol`, as they are before addresses are filled in;
  /// nil where it exports no such symbol.
  public func data(of symbol: String) throws(PluginError) -> [UInt8]? {
    guard let found = symbols[symbol] else { return nil }
    return try file.data(of: found, named: symbol)
  }
}
