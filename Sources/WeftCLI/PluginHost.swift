import Foundation
import Weft

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// `weft-host`, the same command with Weft as a library: plugins in Swift need it.
enum PluginHost {
  /// Set while one program becomes the other, so that neither does it twice.
  private static let mark = "WEFT_BECOMES_HOST"

  /// Whether this process was the other program before; a program that it starts wasn't.
  private static let hasBecome: Bool = {
    defer { unsetenv(mark) }
    return getenv(mark) != nil
  }()

  /// Becomes `weft-host` where one of the plugins is in Swift, and this process isn't it already.
  ///
  /// What is wrong with a plugin, the command says that loads it.
  static func enter(for plugins: [String]) throws {
    let hasBecome = hasBecome
    guard SwiftPlugin.host == nil,
      let plugin = plugins.first(where: { (try? PluginLibrary.language(of: $0)) == .swift }),
      let program = Bundle.main.executableURL?.resolvingSymlinksInPath()
    else { return }
    let folder = program.deletingLastPathComponent()
    #if canImport(Darwin)
      let names = ["weft-host", "libWeftPlugin.dylib"]
    #else
      let names = ["weft-host", "libWeftPlugin.so"]
    #endif
    for name in names
    where !FileManager.default.fileExists(atPath: folder.appending(path: name).path) {
      throw PluginError.needsLibrary(path: plugin, missing: folder.appending(path: name).path)
    }
    let host = folder.appending(path: "weft-host").path
    guard !hasBecome else {
      throw PluginError.notLoaded(path: host, reason: "it is weft itself, and not its host")
    }
    setenv(mark, "1", 1)
    var arguments = (["weft"] + CommandLine.arguments.dropFirst()).map { strdup($0) }
    arguments.append(nil)
    execv(host, arguments)
    throw PluginError.notLoaded(path: host, reason: String(cString: strerror(errno)))
  }
}
