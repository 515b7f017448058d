import ArgumentParser
import Weft

struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Say what became of each line of a graph file, and what nearly happened.",
    discussion: """
      Example:
        weft why Graphs/minilm.weft
        weft why Graphs/minilm.weft 41 --bind batch=1,tokens=128
        weft why Graphs/minilm.weft layers/encoder.weft:12
        weft why Graphs/minilm.weft encoder.layer.0.attention
        weft why Graphs/gpt2.weft --pass fuse-embedding

      Without a place: all lines of the file and those it imports. With --bind, steps and kernels.
      """)

  @OptionGroup var graph: GraphOptions

  @ArgumentParser.Argument(
    help: ArgumentHelp(
      "A line (41, layers/encoder.weft:12), a file, or a layer path.", valueName: "place"))
  var place: String?

  @OptionGroup var weights: WeightOptions
  @OptionGroup var binding: BindingOptions

  @Option(help: "Which entry of the model; by default its first.")
  var entry: String?

  @Option(
    help: ArgumentHelp(
      "Say what this pass did and nearly did, instead.", valueName: "pass"))
  var pass: String?

  @Flag(help: "Print the report as JSON.")
  var json = false

  func validate() throws {
    if pass != nil, place != nil { throw ValidationError("give a place or --pass, not both") }
    if pass != nil, binding.bind != nil {
      throw ValidationError("--bind is for steps and kernels: leave it out with --pass")
    }
  }

  func run() throws {
    let origin = try graph.origin(weights)
    // A plan needs weights of the right shapes; what they hold doesn't matter.
    let model = try Model(
      graph.source(configuration: origin?.configuration), weights: origin ?? .random(seed: 0),
      registry: graph.plugins.registry())
    let colored = Terminal.outputIsColored
    if let pass {
      let report = try model.why(pass: pass, entry: entry)
      return print(json ? try report.json() : report.text(colored: colored), terminator: "")
    }
    let bindings = try binding.bindings()
    let report = try model.why(place, entry: entry, bindings: bindings.isEmpty ? nil : bindings)
    print(json ? try report.json() : report.text(colored: colored), terminator: "")
  }
}
