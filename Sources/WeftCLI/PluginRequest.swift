import Foundation
import Weft

/// What a call says of plugins, read before its command is known.
struct PluginRequest {
  /// The files of all plugins.
  let paths: [String]
  /// The arguments with each `--plugin FILE` from before the command put at the end, where commands take it.
  let arguments: [String]
  /// Whether a `--plugin` before a command names no file.
  let lacksFile: Bool
  /// What stands in the place of a command, and behind it, without what names plugins.
  let command: (name: String, arguments: [String])?

  init(_ given: [String], environment: [String: String]) {
    var plugins: [String] = []
    var leading: [String] = []
    var others: [String] = []
    var rest = given[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        others += [argument] + rest
        break
      }
      var words: [String] = []
      if argument == "--plugin", let path = rest.popFirst() {
        plugins.append(path)
        words = [argument, path]
      } else if argument.hasPrefix("--plugin=") {
        plugins.append(String(argument.dropFirst("--plugin=".count)))
        words = [argument]
      } else {
        others.append(argument)
      }
      if others.isEmpty { leading += words }
    }
    paths = PluginSearch.paths(given: plugins, environment: environment)
    // At the end: between a command and its subcommand nobody takes them.
    // Without a command they have nothing to say.
    lacksFile = others.first == "--plugin" || plugins.contains("")
    if others.isEmpty { leading = [] }
    let behind = given.dropFirst(others.isEmpty ? given.count : leading.count)
    let end = behind.firstIndex(of: "--") ?? behind.endIndex
    arguments = Array(behind[..<end]) + leading + Array(behind[end...])
    command = others.first.flatMap { name in
      name.hasPrefix("-") ? nil : (name, Array(others.dropFirst()))
    }
  }
}
