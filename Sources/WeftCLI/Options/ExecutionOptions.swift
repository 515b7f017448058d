import ArgumentParser
import Weft

/// How a model is run.
struct ExecutionOptions: ParsableArguments {
  @Option(help: "Threads; by default what affinity and quota leave.")
  var threads: Int?

  @Option(help: "Which entry of the model; by default its first.")
  var entry: String?

  @Flag(help: "Search for an order of the steps that takes little memory: planning takes longer.")
  var lowMemory = false

  @Option(
    help: ArgumentHelp(
      "How what outlives a run is stored, such as a decoder's cache: f32, f16 or q8_0.",
      valueName: "format"))
  var cache: StateFormat = .f32

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads takes a number from 1 to 1024, found \(threads)")
    }
  }
}

extension StateFormat: ExpressibleByArgument {}
