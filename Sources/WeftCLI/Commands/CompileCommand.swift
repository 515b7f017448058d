import ArgumentParser
import Foundation
import Weft

struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile",
    abstract: "Show what the compiler makes of a model: the graph, the passes, the memory plan.",
    discussion: """
      Example:
        weft compile Graphs/minilm.weft
        weft compile Graphs/minilm.weft --dump-after fuse-linear
        weft compile Graphs/minilm.weft --report --bind batch=1,tokens=128

      Without options: the graph after all passes.
      """)

  @OptionGroup var graph: GraphOptions
  @OptionGroup var weights: WeightOptions
  @OptionGroup var binding: BindingOptions
  @OptionGroup var execution: ExecutionOptions

  @Option(
    help: ArgumentHelp(
      "Print the graph after this pass; 'input' for before all.", valueName: "pass"))
  var dumpAfter: String?

  @Flag(help: "Print the passes' statistics and remarks and, with --bind, the memory plan.")
  var report = false

  @Flag(help: "Print lines and layers of the source beside each node.")
  var origins = false

  @Flag(help: "Print the report as JSON.")
  var json = false

  func validate() throws {
    if binding.bind != nil, !report, !json {
      throw ValidationError("--bind is for the memory plan: add --report or --json")
    }
    if dumpAfter != nil, report || json {
      throw ValidationError("give --dump-after or --report, not both")
    }
  }

  func run() throws {
    let origin = try graph.origin(weights)
    // A memory plan needs weights of the right shapes; what they hold doesn't matter.
    let model = try Model(
      graph.source(configuration: origin?.configuration), weights: origin ?? .random(seed: 0),
      threads: execution.threads, registry: graph.plugins.registry(),
      lowMemory: execution.lowMemory, states: execution.cache)
    let entry = try model.entry(execution.entry)
    if report || json {
      let bindings = try binding.bindings()
      let report = try entry.compilationReport(bindings: bindings.isEmpty ? nil : bindings)
      print(json ? try report.json() : report.text(colored: Terminal.outputIsColored))
    } else {
      print(try entry.dump(after: dumpAfter, origins: origins), terminator: "")
    }
  }
}
