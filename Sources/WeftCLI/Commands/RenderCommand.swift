import ArgumentParser
import Foundation
import Weft

struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Draw the architecture.",
    discussion: """
      Example:
        weft render Graphs/minilm.weft -o minilm.svg
        weft render Graphs/minilm.weft -o fused.png --after all --depth 3
        weft render Graphs/minilm.weft -o all.pdf --expand
      """)

  @OptionGroup var graph: GraphOptions
  @OptionGroup var weights: WeightOptions

  @Option(name: .shortAndLong, help: "The picture: .svg, .png, .pdf or .dot.")
  var output: String

  @Option(help: "Which entry of the model; by default its first.")
  var entry: String?

  @Option(
    help: ArgumentHelp("Draw the graph after this pass; 'all' for after all.", valueName: "pass"))
  var after: String?

  @Option(help: "How many levels of layers to open.")
  var depth: Int?

  @Flag(help: "Draw every layer instead of one of its kind with ×N.")
  var expand = false

  func validate() throws {
    if let depth, depth < 0 {
      throw ValidationError("--depth takes a number from 0, found \(depth)")
    }
    do {
      _ = try DiagramFile.format(of: URL(filePath: output))
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func run() throws {
    let origin = try weights.source()
    let model = try Model(graph.source(configuration: origin?.configuration), weights: nil)
    let file = URL(filePath: output)
    let diagram = try model.entry(entry).diagram(
      after: after, depth: depth, expandsRepeats: expand)
    try AtomicFile.write(Data(diagram.rendered(DiagramFile.format(of: file))), to: file)
  }
}
