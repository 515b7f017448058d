import ArgumentParser
import Foundation
import Weft

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Say in words, or draw, what differs between two models.",
    discussion: """
      Example:
        weft diff Graphs/bert.weft Graphs/minilm.weft
        weft diff Graphs/bert.weft --set-b layers=6 --bind batch=1,tokens=128
        weft diff Graphs/bert.weft Graphs/minilm.weft -o diff.svg

      Exit status 0, whether they differ or not; with --exit-code 1 where they differ.
      """)

  @OptionGroup var graph: GraphOptions

  @ArgumentParser.Argument(
    help: "The second graph file; by default the first one again.",
    completion: .file(extensions: ["weft"]))
  var other: String?

  @OptionGroup var difference: DifferenceOptions
  @OptionGroup var binding: BindingOptions

  @Option(help: "Which entry of both; by default the first of each.")
  var entry: String?

  @Flag(help: "Print the comparison as JSON.")
  var json = false

  func validate() throws { try difference.check(other: other) }

  func run() throws {
    try difference.run(graph, with: other, entry: entry, binding, json: json)
  }
}
