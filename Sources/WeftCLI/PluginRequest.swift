import Foundation
import Weft

/// What a call says of plugins, read before its command is known.
struct PluginRequest {
  /// The files of all plugins.
  let paths: [String]
  /// The arguments with `--plugin FILE` from before the command put behind it, where commands take it.
  let arguments: [String]
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
    let behind = Array(given.dropFirst(leading.count))
    arguments = behind.prefix(1) + leading + behind.dropFirst()
    command = others.first.flatMap { name in
      name.hasPrefix("-") ? nil : (name, Array(others.dropFirst()))
    }
  }
}
