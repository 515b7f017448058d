import Plugins

/// Plugins from files: `PluginLibrary.open("gates.so")` gives what a ``Registry`` takes.
public enum PluginLibrary {
  /// The plugin in the shared library at `path`.
  ///
  /// What kind of plugin it is, and what version of Weft it was built for, is read from the file before
  /// any code of it runs. The library stays loaded until the process ends.
  public static func open(_ path: String) throws(PluginError) -> any Plugin {
    let file = try SharedLibraryFile(path: path)
    guard ForeignPlugin.isPlugin(file) else {
      throw .noPlugin(path: path, symbols: [PluginIdentity.symbol])
    }
    return try ForeignPlugin(file)
  }
}

extension ForeignPlugin: Plugin {
  public var name: String { identity.name }

  public func register(in registry: inout Registry) throws(RegistryError) {
    for op in ops { try registry.add(op) }
  }
}
