import Plugins

/// Plugins from files: `PluginLibrary.open("gates.so")` gives what a ``Registry`` takes.
public enum PluginLibrary {
  /// What a plugin is written in.
  public enum Language: String, Sendable {
    case c = "C"
    case swift = "Swift"
  }

  /// The plugin in the shared library at `path`.
  ///
  /// What kind of plugin it is, and what version of Weft it was built for, is read from the file before
  /// any code of it runs. The library stays loaded until the process ends.
  public static func open(_ path: String) throws(PluginError) -> any Plugin {
    let file = try SharedLibraryFile(path: path)
    return switch try language(of: file) {
    case .c: try ForeignPlugin(file)
    case .swift: try SwiftPlugin.open(file)
    }
  }

  /// What the plugin at `path` is written in; nothing of it runs.
  public static func language(of path: String) throws(PluginError) -> Language {
    try language(of: SharedLibraryFile(path: path))
  }

  private static func language(of file: SharedLibraryFile) throws(PluginError) -> Language {
    if ForeignPlugin.isPlugin(file) { return .c }
    if SwiftPluginIdentity.isPlugin(file) { return .swift }
    throw .noPlugin(path: file.path, symbols: [PluginIdentity.symbol, SwiftPluginIdentity.symbol])
  }
}

extension ForeignPlugin: Plugin {
  public var name: String { identity.name }

  public func register(in registry: inout Registry) throws(RegistryError) {
    for op in ops { try registry.add(op) }
  }
}
