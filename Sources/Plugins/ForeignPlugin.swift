import CPlugin
import IR

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// A plugin in C, loaded and looked through: its ops as the graph language uses them.
///
/// Its library stays loaded until the process ends.
public struct ForeignPlugin: Sendable {
  /// Where it came from.
  public let path: String
  /// Who it is.
  public let identity: PluginIdentity
  /// Its ops, in its order.
  public let ops: [OpDefinition]

  /// Whether `file` says that it is a plugin in C.
  public static func isPlugin(_ file: SharedLibraryFile) -> Bool {
    file.exports(PluginIdentity.symbol)
  }

  /// Loads the plugin of `file`.
  ///
  /// Who it is, is read before anything of it runs. A function of it that says what an op's shapes,
  /// kernel and cost are must return within `limit`.
  public init(_ file: SharedLibraryFile, limit: Duration = .seconds(10)) throws(PluginError) {
    path = file.path
    guard let bytes = try file.data(of: PluginIdentity.symbol) else {
      throw .noPlugin(path: path, symbols: [PluginIdentity.symbol])
    }
    identity = try PluginIdentity(bytes, path: path)
    guard file.exports(PluginIdentity.table) else {
      throw .noPlugin(path: path, symbols: [PluginIdentity.table])
    }
    let handle = try file.load()
    guard let identity = dlsym(handle, PluginIdentity.symbol),
      let table = dlsym(handle, PluginIdentity.table)
    else { throw .noPlugin(path: path, symbols: [PluginIdentity.symbol, PluginIdentity.table]) }
    guard bytes.elementsEqual(UnsafeRawBufferPointer(start: identity, count: bytes.count)) else {
      throw .changed(path: path)
    }
    var reader = TableReader(
      plugin: self.identity.name, watchdog: Watchdog(plugin: self.identity.name, limit: limit))
    ops = try reader.definitions(UnsafeRawPointer(table))
  }

  /// Loads the plugin at `path`.
  public init(path: String, limit: Duration = .seconds(10)) throws(PluginError) {
    try self.init(SharedLibraryFile(path: path), limit: limit)
  }
}
