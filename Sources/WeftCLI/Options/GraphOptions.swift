import ArgumentParser
import Foundation
import Weft

/// Which model, with which config values.
struct GraphOptions: ParsableArguments {
  @ArgumentParser.Argument(
    help: ArgumentHelp(
      "The graph file (.weft), or a GGUF file or a Hugging Face folder, which bring their weights.",
      valueName: "graph"),
    completion: .file(extensions: ["weft", "gguf"]))
  var graph: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Replace a config value; may stand several times.", valueName: "name=value"))
  var settings: [String] = []

  @Option(help: "Which model, where the file declares several.")
  var model: String?

  @Flag(help: "Let the graph file import files outside its folder.")
  var allowOutsideImports = false

  @OptionGroup var plugins: PluginOptions

  func validate() throws { _ = try values() }

  /// What the facade loads.
  func source(configuration: URL? = nil) throws -> ModelSource {
    let package = try ModelPackage(at: URL(filePath: graph))
    return ModelSource(
      file: package.graph, settings: try values(), model: model,
      configuration: configuration ?? package.weights?.configuration,
      allowsOutsideImports: allowOutsideImports)
  }

  /// Whether the weights come with what stands in place of a graph file.
  private var bringsWeights: Bool {
    let url = URL(filePath: graph)
    return url.pathExtension.lowercased() == "gguf" || url.hasDirectory
  }

  /// The weights that were asked for, or else come with the model; nil where there are none.
  func origin(_ weights: WeightOptions) throws -> WeightOrigin? {
    try weights.source() ?? (bringsWeights ? .checkpoint(URL(filePath: graph)) : nil)
  }

  /// The weights, where the command can't do without.
  func requiredOrigin(_ weights: WeightOptions) throws -> WeightOrigin {
    try bringsWeights ? origin(weights) ?? weights.requiredSource() : weights.requiredSource()
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

extension URL {
  /// Whether there is a folder at this path.
  fileprivate var hasDirectory: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
