import ArgumentParser
import Foundation
import Weft

/// A decoder and what its texts need.
struct TextModelOptions: ParsableArguments {
  @OptionGroup var graph: GraphOptions
  @OptionGroup var weights: WeightOptions

  @Option(help: "The tokenizer.json; by default the one beside the weights.")
  var tokenizer: String?

  @Option(help: "Threads; by default what affinity and quota leave.")
  var threads: Int?

  @Option(help: "How keys and values are kept: f32, f16 or q8_0.")
  var cache: StateFormat = .f32

  @Option(
    help: ArgumentHelp(
      "Room for so many tokens in each sequence; by default what is needed.", valueName: "tokens"))
  var context: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads takes a number from 1 to 1024, found \(threads)")
    }
    if let context, !(2...16_777_216).contains(context) {
      throw ValidationError("--context takes a number from 2 to 16777216, found \(context)")
    }
    _ = try origin()
  }

  /// The weights: those of the folder where one is given in place of a graph file.
  private func origin() throws -> WeightOrigin {
    if try weights.source() == nil, let folder = modelFolder { return .checkpoint(folder) }
    return try weights.requiredSource()
  }

  /// The folder that stands in place of a graph file.
  private var modelFolder: URL? {
    let url = URL(filePath: graph.graph)
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
    return exists && isFolder.boolValue ? url : nil
  }

  /// The model.
  func load(template: String? = nil) throws -> TextModel {
    let origin = try origin()
    var source = try graph.source(configuration: origin.configuration)
    if let folder = modelFolder { source.file = try Self.graphFile(in: folder) }
    return try TextModel(
      Model(source, weights: origin, threads: threads),
      tokenizer: tokenizer.map { URL(filePath: $0) }, template: template.map { URL(filePath: $0) })
  }

  /// The one graph file of a folder.
  private static func graphFile(in folder: URL) throws -> URL {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".weft") }.sorted()
    guard names.count == 1 else {
      throw TextModelError.file(
        source: folder.path,
        names.isEmpty
          ? "there is no graph file in this folder; give one, and the folder with --weights"
          : "there are several graph files: \(names.joined(separator: ", ")); name one of them")
    }
    return folder.appending(path: names[0])
  }
}
