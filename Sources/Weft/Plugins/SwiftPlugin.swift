import Plugins

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// Plugins in Swift: libraries that share the process's copy of Weft.
public enum SwiftPlugin {
  /// The function of the dynamic library that says what it is built from.
  private static let identitySymbol = "weft_build_identity"

  /// What this process's Weft is built from, where it is the dynamic library; nil where Weft is linked
  /// into the program, which plugins in Swift can't share then.
  public static let host: SwiftPluginIdentity? = {
    guard let program = dlopen(nil, RTLD_NOW), let identity = dlsym(program, identitySymbol) else {
      return nil
    }
    typealias Function = @convention(c) () -> UnsafePointer<UInt8>
    let text = unsafeBitCast(identity, to: Function.self)()
    return SwiftPluginIdentity(String(cString: text))
  }()

  /// The plugin of `file`, whose identity is compared before anything of it runs.
  static func open(_ file: SharedLibraryFile) throws(PluginError) -> any Plugin {
    let path = file.path
    let identity = try SwiftPluginIdentity(file)
    guard let host else { throw .needsLibrary(path: path, missing: nil) }
    guard identity == host else {
      throw .otherBuild(path: path, found: identity, expected: host)
    }
    let handle = try file.load()
    // What the plugin sees of Weft must be what this process runs.
    guard let own = dlopen(nil, RTLD_NOW), let seen = dlsym(handle, identitySymbol),
      seen == dlsym(own, identitySymbol)
    else { throw .secondCopy(path: path) }
    guard let entry = dlsym(handle, SwiftPluginIdentity.symbol) else {
      throw .noPlugin(path: path, symbols: [SwiftPluginIdentity.symbol])
    }
    typealias Function = @convention(c) () -> UnsafeMutableRawPointer
    return ExportedPlugin.taken(from: unsafeBitCast(entry, to: Function.self)())
  }
}
