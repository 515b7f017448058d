import Foundation

/// Where plugins are looked for.
public enum PluginSearch {
  /// The end of a shared library's name.
  #if canImport(Darwin)
    static let suffix = ".dylib"
  #else
    static let suffix = ".so"
  #endif

  /// The plugins of a call, none twice: those that are given, those that `WEFT_PLUGINS` names with colons
  /// between them, and the shared libraries in the folder of plugins, sorted.
  public static func paths(
    given: [String], environment: [String: String]
  ) -> [String] {
    let named = (environment["WEFT_PLUGINS"] ?? "").split(separator: ":").map(String.init)
    var seen: Set<String> = []
    return (given + named + installed(environment)).filter {
      seen.insert(URL(filePath: $0).resolvingSymlinksInPath().path).inserted
    }
  }

  /// The folder of plugins that every call loads: `weft/plugins` in `XDG_CONFIG_HOME`, which is by
  /// default `~/.config`.
  public static func folder(_ environment: [String: String]) -> URL? {
    if let configs = environment["XDG_CONFIG_HOME"], configs.hasPrefix("/") {
      return URL(filePath: configs).appending(path: "weft/plugins")
    }
    return environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
      .map { URL(filePath: $0).appending(path: ".config/weft/plugins") }
  }

  private static func installed(_ environment: [String: String]) -> [String] {
    guard let folder = folder(environment),
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    else { return [] }
    return names.filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }.sorted()
      .map { folder.appending(path: $0).path }
  }
}
