import ArgumentParser
import Foundation
import Weft

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time runs of a model, and say how near they come to what the machine can do.",
    discussion: """
      Example:
        weft bench Graphs/minilm.weft --random-weights 1 --bind batch=1,tokens=128
        weft bench Graphs/bert.weft --weights FOLDER --inputs in.safetensors --json

      Runs that aren't timed come first; loading, compiling and packing don't count.
      With --json: bindings, runs, threads, median_ms, p10_ms, p90_ms, min_ms, flops,
      bytes, gflops_per_second, gbytes_per_second, peak_gflops_per_second,
      peak_share (1 is that peak), peak_gbytes_per_second, peak_resident_bytes.
      """)

  @OptionGroup var graph: GraphOptions
  @OptionGroup var weights: WeightOptions
  @OptionGroup var binding: BindingOptions
  @OptionGroup var execution: ExecutionOptions

  @Option(help: "A safetensors file with a tensor for each input; by default random ones.")
  var inputs: String?

  @Option(help: "How many runs to time.")
  var runs = 30

  @Flag(help: "Print the figures as JSON.")
  var json = false

  func validate() throws {
    _ = try graph.requiredOrigin(weights)
    if !(1...100_000).contains(runs) {
      throw ValidationError("--runs takes a number from 1 to 100000, found \(runs)")
    }
  }

  func run() throws {
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
    let progress = Terminal.Progress("timing", count: runs, unit: "runs")
    let benchmark = try Interrupt.watching { cancellation in
      defer { progress.finish() }
      return try entry.benchmark(
        tensors, bindings: binding.bindings(), runs: runs, cancellation: cancellation
      ) { progress.advance(to: $0) }
    }
    print(json ? try benchmark.json() : benchmark.text)
  }
}
