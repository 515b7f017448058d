import ArgumentParser
import Foundation
import Weft

/// Where drafts come from.
struct DraftOptions: ParsableArguments {
  @Option(help: "A smaller model of the same tokens, which drafts: its graph file.")
  var draft: String?

  @Option(
    help: ArgumentHelp("The draft model's weights.", valueName: "file-or-folder"))
  var draftWeights: String?

  @Flag(help: "Draft what followed the last tokens where they stood before.")
  var promptLookup = false

  @Option(help: "How many tokens are drafted at most.")
  var draftTokens = 8

  func validate() throws {
    guard (draft == nil) == (draftWeights == nil) else {
      throw ValidationError("--draft and --draft-weights go together")
    }
    if draft != nil, promptLookup {
      throw ValidationError("give --draft or --prompt-lookup, not both")
    }
    if !(1...256).contains(draftTokens) {
      throw ValidationError("--draft-tokens takes a number from 1 to 256, found \(draftTokens)")
    }
  }

  /// What drafts, with room for as many sequences as the model has.
  func drafting(
    _ registry: Registry, threads: Int?, slots: Int, capacity: Int, format: StateFormat
  ) throws -> Drafting {
    if promptLookup { return .promptLookup(PromptLookup(most: draftTokens)) }
    guard let draft, let draftWeights else { return .none }
    let origin = WeightOrigin.checkpoint(URL(filePath: draftWeights))
    let model = try Model(
      ModelSource(file: URL(filePath: draft), configuration: origin.configuration),
      weights: origin, threads: threads, registry: registry)
    return .model(
      try DecodingSession(model, slots: slots, capacity: capacity, format: format),
      most: draftTokens)
  }
}
