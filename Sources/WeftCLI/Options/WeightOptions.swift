import ArgumentParser
import Foundation
import Weft

/// Where weights come from.
struct WeightOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A safetensors or GGUF file, or a folder as Hugging Face has them; its config.json sets config values.",
      valueName: "file-or-folder"))
  var weights: String?

  @Option(
    help: ArgumentHelp("Fill the weights from their initializers instead.", valueName: "seed"))
  var randomWeights: UInt64?

  func validate() throws { _ = try source() }

  /// The weights that were asked for; nil where neither option was given.
  func source() throws -> WeightOrigin? {
    switch (weights, randomWeights) {
    case (let path?, nil): .checkpoint(URL(filePath: path))
    case (nil, let seed?): .random(seed: seed)
    case (nil, nil): nil
    case (_?, _?): throw ValidationError("give --weights or --random-weights, not both")
    }
  }

  /// The weights that were asked for, where the command can't do without.
  func requiredSource() throws -> WeightOrigin {
    guard let source = try source() else {
      throw ValidationError("give --weights FILE-OR-FOLDER or --random-weights SEED")
    }
    return source
  }
}
