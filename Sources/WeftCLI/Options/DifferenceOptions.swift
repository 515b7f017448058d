import ArgumentParser
import Foundation
import Weft

/// How two graphs are compared as they are declared.
struct DifferenceOptions: ParsableArguments {
  @Option(
    name: .customLong("set-b"), parsing: .singleValue,
    help: ArgumentHelp(
      "Replace a config value of the second; --set replaces those of both.",
      valueName: "name=value"))
  var settings: [String] = []

  @Option(name: .customLong("model-b"), help: "Which model of the second file.")
  var model: String?

  @Option(name: .shortAndLong, help: "Draw them side by side: .svg, .png, .pdf or .dot.")
  var output: String?

  @Flag(help: "Exit with 1 where they differ.")
  var exitCode = false

  @OptionGroup var drawing: DrawingOptions

  /// Whether a second model is asked for without a file of its own.
  var hasSecond: Bool { !settings.isEmpty || model != nil }

  /// Refuses what only graphs as they are declared have.
  func requireNoPicture() throws {
    if output != nil || exitCode {
      throw ValidationError("--output and --exit-code compare what is declared; leave out --run")
    }
  }

  /// Refuses a call that compares a thing with itself.
  func check(other: String?) throws {
    if other == nil, !hasSecond {
      throw ValidationError("give a second graph file, or --set-b or --model-b for the first")
    }
    if let output {
      try drawing.check(output)
      try drawing.checkSideBySide(output)
    }
  }

  /// The second graph.
  func second(_ graph: GraphOptions, _ other: String?) -> GraphOptions {
    var second = graph
    second.graph = other ?? graph.graph
    second.settings += settings
    second.model = model ?? (other == nil ? graph.model : nil)
    return second
  }

  func run(
    _ graph: GraphOptions, _ second: GraphOptions, _ binding: BindingOptions, entry: String?,
    json: Bool
  ) throws {
    let registry = try graph.plugins.registry()
    let models = try [graph, second].map {
      try Model($0.source(), weights: nil, registry: registry)
    }
    let entries = try models.map { try $0.entry(entry) }
    let configs = GraphDifference.configs(models[0].definition, models[1].definition)
    let difference = try entries[1].difference(
      from: entries[0], configs: configs,
      bindings: binding.bind == nil ? nil : try binding.bindings())
    if let output {
      let isOneFile = second.graph == graph.graph
      let names = isOneFile ? ("first", "second") : (graph.graph, second.graph)
      let diagram = try entries[1].diagram(
        besides: entries[0], names: names, options: drawing.options(for: output, registry))
      try drawing.write(diagram, to: output)
    }
    if json {
      print(try difference.json())
    } else if output == nil {
      print(difference.text)
    }
    if exitCode, !difference.isEqual {
      try StandardOutput.finish()
      throw ExitCode(1)
    }
  }
}
