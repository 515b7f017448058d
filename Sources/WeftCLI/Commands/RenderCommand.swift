import ArgumentParser
import Foundation
import Weft

struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Draw the architecture, from a paper's figure to the steps of a run.",
    discussion: """
      Example:
        weft render Graphs/minilm.weft -o minilm.svg
        weft render Graphs/transformer.weft -o figure.pdf --detail layers
        weft render Graphs/minilm.weft -o plan.svg --detail plan --bind batch=1,tokens=128
        weft render Graphs/minilm.weft -o hot.svg --heat flops --bind batch=1,tokens=128
        weft render Graphs/minilm.weft -o pass.svg --compare fuse-linear
        weft render Graphs/minilm.weft -o one.png --focus encoder.layer.3 --theme dark
      """)

  @OptionGroup var graph: GraphOptions
  @OptionGroup var weights: WeightOptions
  @OptionGroup var binding: BindingOptions
  @OptionGroup var drawing: DrawingOptions

  @Option(
    name: .shortAndLong, help: "The picture: .svg, .png, .pdf, .dot, or for Mermaid .mmd or .md.")
  var output: String

  @Option(help: "Which entry of the model; by default its first.")
  var entry: String?

  @Option(
    help: ArgumentHelp("Draw the graph after this pass; 'all' for after all.", valueName: "pass"))
  var after: String?

  @Option(
    help: ArgumentHelp(
      "Draw the graph before and after this pass side by side; 'all' for all passes.",
      valueName: "pass"))
  var compare: String?

  @Option(help: "Colour the boxes by what they take, with a scale.")
  var heat: HeatKind?

  @Option(
    help: ArgumentHelp(
      "What was measured: the JSON of weft profile for --heat time, of weft diff --run for error.",
      valueName: "file"))
  var trace: String?

  func validate() throws {
    try drawing.check(output)
    if compare != nil {
      try drawing.checkSideBySide(output)
      if after != nil || heat != nil || binding.bind != nil {
        throw ValidationError("--compare shows two graphs; it goes without --after, --heat, --bind")
      }
    }
    if drawing.detail == .plan, after != nil {
      throw ValidationError("--after shows the graph between passes; --detail plan is after all")
    }
    if heat == .time || heat == .error, trace == nil {
      throw ValidationError("\(DiagramFileError.needsTrace(heat ?? .time))")
    }
    if after != nil, heat != nil {
      throw ValidationError("--heat colours the graph as declared, or --detail plan; not --after")
    }
    if trace != nil, heat != .time, heat != .error {
      throw ValidationError("--trace is what --heat time or --heat error shows")
    }
  }

  func run() throws {
    let origin = try graph.origin(weights)
    let registry = try graph.plugins.registry()
    let model = try Model(
      graph.source(configuration: origin?.configuration), weights: origin, registry: registry)
    let entry = try model.entry(entry)
    var options = try drawing.options(for: output, registry)
    if let compare {
      let diagram = try entry.comparisonDiagram(of: compare, options: options)
      return try drawing.write(diagram, to: output)
    }
    let bindings = try binding.bindings()
    options.heat = try heat.map {
      try entry.heat(
        $0, trace: trace.map { URL(filePath: $0) }, ofPlan: options.detail == .plan,
        bindings: bindings)
    }
    let diagram =
      options.detail == .plan
      ? try entry.planDiagram(for: bindings, options: options)
      : try entry.diagram(
        after: after, bindings: binding.bind == nil ? nil : bindings, options: options)
    try drawing.write(diagram, to: output)
  }
}

extension HeatKind: ExpressibleByArgument {}
