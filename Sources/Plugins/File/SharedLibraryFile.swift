import Formats
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

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
  /// What the file was when it was read; nil for bytes without a file.
  private let stamp: FileStamp?

  /// What plugins export; other symbols aren't kept.
  private static let wanted: Set<String> = [
    PluginIdentity.symbol, PluginIdentity.table, SwiftPluginIdentity.symbol,
  ]

  /// Larger files aren't read.
  static let byteLimit = 1 << 29

  /// Reads the library at `path`, for this machine.
  public init(path: String) throws(PluginError) {
    let stamp = FileStamp(path)
    let data: Data
    do {
      data = try FileReading.data(URL(filePath: path), limit: Self.byteLimit)
    } catch {
      throw .unreadable(reason: "\(error)")
    }
    try self.init(path: path, data: data, stamp)
  }

  /// The library of these bytes.
  init(path: String, data: Data, _ stamp: FileStamp? = nil) throws(PluginError) {
    self.path = path
    self.stamp = stamp
    file = ELFBytes(path: path, data: data)
    try file.checkHeader()
    symbols = try file.dynamicSymbols(Self.wanted)
  }

  /// Loads the library as the system does, which runs its constructors.
  ///
  /// - Throws: ``PluginError/changed(path:)`` where the file isn't any more what was read: before
  ///   anything of it runs where that can be told by then, and else at once after.
  public func load() throws(PluginError) -> UnsafeMutableRawPointer {
    guard FileStamp(path) == stamp else { throw .changed(path: path) }
    // A path without a slash would be looked for elsewhere.
    guard let handle = dlopen(path.contains("/") ? path : "./" + path, RTLD_NOW | RTLD_LOCAL) else {
      throw .notLoaded(
        path: path, reason: dlerror().map { String(cString: $0) } ?? "the system doesn't say why")
    }
    guard FileStamp(path) == stamp else { throw .changed(path: path) }
    return handle
  }

  /// Whether it exports `symbol`, one of those that plugins export.
  public func exports(_ symbol: String) -> Bool { symbols[symbol] != nil }

  /// The first two different texts of its bytes that begin with `start` and end with `end`, both included,
  /// where the end comes within `limit` bytes.
  func texts(from start: String, to end: String, limit: Int) -> Set<String> {
    let data = file.data
    var texts: Set<String> = []
    var rest = data[...]
    while texts.count < 2, let found = rest.range(of: Data(start.utf8)) {
      let window = data[found.lowerBound..<min(found.lowerBound + limit, data.endIndex)]
      if let last = window.range(of: Data(end.utf8)) {
        texts.insert(String(decoding: data[found.lowerBound..<last.upperBound], as: UTF8.self))
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
