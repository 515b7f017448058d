import ArgumentParser
import Weft

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Say in words, or draw, what differs between two models, or in what they compute.",
    discussion: """
      Example:
        weft diff Graphs/bert.weft Graphs/minilm.weft
        weft diff Graphs/bert.weft --set-b layers=6 --bind batch=1,tokens=128
        weft diff Graphs/bert.weft Graphs/minilm.weft -o diff.svg
        weft diff Graphs/minilm.weft --run --weights FOLDER --weights-b minilm-int8 \\
          --bind batch=1,tokens=32

      Exit status 0, whether they differ or not; with --exit-code 1 where they differ.
      With --run and --json: an array with an object for each value, in the order of the
      model: path, name (missing for a layer's result), line, max, mean, relative, cosine.
      """)

  @OptionGroup var graph: GraphOptions

  @ArgumentParser.Argument(
    help: "The second graph file; by default the first one again.",
    completion: .file(extensions: ["weft"]))
  var other: String?

  @OptionGroup var difference: DifferenceOptions
  @OptionGroup var comparison: RunComparisonOptions
  @OptionGroup var binding: BindingOptions
  @OptionGroup var execution: ExecutionOptions

  @Flag(help: "Print the comparison as JSON.")
  var json = false

  func validate() throws {
    if comparison.runs {
      if other == nil, comparison.weightsB == nil, !difference.hasSecond {
        throw ValidationError("give a second graph file, --weights-b, --set-b or --model-b")
      }
      try difference.requireNoPicture()
    } else {
      try difference.check(other: other)
    }
  }

  func run() throws {
    let second = difference.second(graph, other)
    guard comparison.runs else {
      return try difference.run(graph, second, binding, entry: execution.entry, json: json)
    }
    let compared = try comparison.compare(graph, second, binding, execution)
    print(json ? try compared.json() : compared.text, terminator: json ? "" : "\n")
  }
}
