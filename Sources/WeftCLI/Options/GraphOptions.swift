import ArgumentParser
import Foundation
import Weft

/// Which model, with which config values.
struct GraphOptions: ParsableArguments {
  @ArgumentParser.Argument(help: "The graph file (.weft).", completion: .file(extensions: ["weft"]))
  var graph: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Replace a config value; may stand several times.", valueName: "name=value"))
  var settings: [String] = []

  @Option(help: "Which model, where the file declares several.")
  var model: String?

  @Flag(help: "Let the graph file import files outside its folder.")
  var allowOutsideImports = false

  func validate() throws { _ = try values() }

  /// What the facade loads.
  func source(configuration: URL? = nil) throws -> ModelSource {
    ModelSource(
      file: URL(filePath: graph), settings: try values(), model: model,
      configuration: configuration, allowsOutsideImports: allowOutsideImports)
  }

  private func values() throws -> [String: String] {
    var values: [String: String] = [:]
    for setting in settings {
      guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
        throw ValidationError("--set needs name=value, found '\(setting)'")
      }
      let name = String(setting[..<equals])
      guard
        values.updateValue(String(setting[setting.index(after: equals)...]), forKey: name) == nil
      else { throw ValidationError("--set gives '\(name)' twice") }
    }
    return values
  }
}
