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
      """)

  @OptionGroup var graph: GraphOptions
  @OptionGroup var weights: WeightOptions
  @OptionGroup var binding: BindingOptions
  @OptionGroup var execution: ExecutionOptions

  @Option(help: "A safetensors file with a tensor for each input, by name.")
  var inputs: String?

  @Option(help: "Write the outputs to this safetensors file.")
  var outputs: String?

  @Flag(help: "Print the outputs' types and first elements as JSON.")
  var json = false

  func validate() throws {
    _ = try weights.requiredSource()
    if inputs != nil, binding.bind != nil {
      throw ValidationError("--inputs says the dimensions already; leave out --bind")
    }
  }

  func run() throws {
    let origin = try weights.requiredSource()
    let model = try Model(
      graph.source(configuration: origin.configuration), weights: origin,
      threads: execution.threads, lowMemory: execution.lowMemory)
    let entry = try model.entry(execution.entry)
    let tensors =
      if let inputs {
        try entry.readInputs(from: URL(filePath: inputs))
      } else {
        try entry.randomInputs(bindings: binding.bindings(), seed: weights.randomWeights ?? 0)
      }
    let results = try Interrupt.watching { try entry.run(tensors, cancellation: $0) }
    if let outputs { try SafetensorsWriter.write(results, to: URL(filePath: outputs)) }
    print(json ? try OutputSummary(results).json() : OutputSummary(results).text)
  }
}
