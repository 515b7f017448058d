import ArgumentParser
import Foundation
import Weft

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a model on tensors from a file, or on random ones.",
    discussion: """
      Example:
        weft run Graphs/bert.weft --weights FOLDER \\
          --inputs in.safetensors --outputs out.safetensors
        weft run Graphs/gpt2.weft --random-weights 1 --bind batch=1,tokens=128
        weft run Graphs/minilm.weft --weights FOLDER --bind batch=1,tokens=9 \\
          --tap 'encoder.layer.*.attention:probabilities[0,3]' --taps taps.npz
        weft run Graphs/minilm.weft --list-taps
      """)

  @OptionGroup var graph: GraphOptions
  @OptionGroup var weights: WeightOptions
  @OptionGroup var binding: BindingOptions
  @OptionGroup var execution: ExecutionOptions

  @Option(help: "A safetensors file with a tensor for each input, by name.")
  var inputs: String?

  @Option(help: "Write the outputs to this safetensors file.")
  var outputs: String?

  @OptionGroup var tapping: TapOptions

  @Flag(help: "Print the outputs' types and first elements as JSON.")
  var json = false

  func validate() throws {
    if !tapping.listTaps { _ = try graph.requiredOrigin(weights) }
  }

  func run() throws {
    if tapping.listTaps { return try tapping.list(graph, weights, execution, json: json) }
    let origin = try graph.requiredOrigin(weights)
    let model = try Model(
      graph.source(configuration: origin.configuration), weights: origin,
      threads: execution.threads, registry: graph.plugins.registry(),
      lowMemory: execution.lowMemory, states: execution.cache)
    let entry = try model.entry(execution.entry)
    let tensors =
      if let inputs {
        try entry.readInputs(from: URL(filePath: inputs))
      } else {
        try entry.randomInputs(bindings: binding.bindings(), seed: weights.randomWeights ?? 0)
      }
    let taps = try tapping.taps(of: entry, on: tensors, bindings: binding.bindings())
    let (results, tapped) = try Interrupt.watching { cancellation in
      (
        try entry.run(tensors, bindings: binding.bindings(), cancellation: cancellation),
        try taps?.run(tensors, bindings: binding.bindings(), cancellation: cancellation)
      )
    }
    if let outputs { try SafetensorsWriter.write(results, to: URL(filePath: outputs)) }
    if let tapped { try tapping.write(tapped) }
    try printSummary(of: OutputSummary(results), tapped.map(OutputSummary.init))
  }

  private func printSummary(of results: OutputSummary, _ tapped: OutputSummary?) throws {
    if json {
      print(try tapped.map { try results.json(with: $0) } ?? results.json())
    } else {
      print(([results] + (tapped.map { [$0] } ?? [])).map(\.text).joined(separator: "\n"))
    }
  }
}
