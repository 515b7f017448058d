import ArgumentParser
import Foundation
import Weft

/// Which plugins are loaded.
struct PluginOptions: ParsableArguments {
  @Option(
    name: .customLong("plugin"), parsing: .singleValue,
    help: ArgumentHelp(
      "Load a plugin, beside those of WEFT_PLUGINS and ~/.config/weft/plugins; may stand several times.",
      valueName: "file"))
  var given: [String] = []

  /// The files of all plugins.
  var paths: [String] {
    PluginSearch.paths(given: given, environment: ProcessInfo.processInfo.environment)
  }

  /// What Weft and all these plugins have.
  func registry() throws -> Registry { try Self.registry(of: paths) }

  /// What Weft and the plugins of these files have.
  static func registry(of paths: [String]) throws -> Registry {
    try Registry(
      [StandardPlugin(), StandardCommands()] + paths.map { try PluginLibrary.open($0) })
  }
}
