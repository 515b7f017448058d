import ArgumentParser
import Weft

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two models, or one with two weights, layer by layer.",
    discussion: """
      Example:
        weft diff Graphs/minilm.weft --run --weights FOLDER --weights-b minilm-int8 \\
          --bind batch=1,tokens=32
        weft diff old.weft new.weft --run --weights FOLDER --inputs in.safetensors

      With --json: an array with an object for each value, in the order of the model:
      path, name (missing for a layer's result), line, max, mean, relative, cosine.
      """)

  @OptionGroup var graph: GraphOptions

  @ArgumentParser.Argument(
    help: "The second graph file; by default the first one again.",
    completion: .file(extensions: ["weft"]))
  var other: String?

  @OptionGroup var comparison: RunComparisonOptions
  @OptionGroup var execution: ExecutionOptions

  @Flag(help: "Print the comparison as JSON.")
  var json = false

  func validate() throws {
    guard comparison.runs else { throw ValidationError("give --run and weights") }
    if other == nil, comparison.weightsB == nil {
      throw ValidationError("give a second graph file, or --weights-b")
    }
  }

  func run() throws {
    let compared = try comparison.compare(graph, with: other, execution)
    print(json ? try compared.json() : compared.text, terminator: json ? "" : "\n")
  }
}
