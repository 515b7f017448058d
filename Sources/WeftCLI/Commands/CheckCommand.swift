import ArgumentParser
import Weft

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say what is wrong with a graph file, or what it declares.",
    discussion: """
      Example:
        weft check Graphs/bert.weft --set layers=2
        weft check Graphs/bert.weft --weights FOLDER

      With --weights: do the checkpoint's tensors fit?
      """)

  @OptionGroup var graph: GraphOptions
  @OptionGroup var weights: WeightOptions
  @Flag(help: "Print diagnostics as JSON.") var json = false

  func run() throws {
    let origin = try graph.origin(weights)
    let source = try graph.source(configuration: origin?.configuration)
    let registry = try graph.plugins.registry()
    let (definition, diagnostics) = try source.check(registry: registry)
    if json {
      print(try diagnostics.json())
    } else {
      Terminal.report(diagnostics)
    }
    guard let definition else { throw ExitCode.failure }
    let model = try Model(definition, weights: origin, registry: registry)
    if !json { print(model.summary) }
  }
}
