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
    _ = try graph.requiredOrigin(weights)
  }

  /// The model.
  func load(template: String? = nil) throws -> TextModel {
    let origin = try graph.requiredOrigin(weights)
    return try TextModel(
      Model(
        graph.source(configuration: origin.configuration), weights: origin, threads: threads,
        registry: graph.plugins.registry()),
      tokenizer: tokenizer.map { URL(filePath: $0) }, template: template.map { URL(filePath: $0) })
  }
}
