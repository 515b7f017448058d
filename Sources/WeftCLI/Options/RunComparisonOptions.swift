import ArgumentParser
import Foundation
import Weft

/// How two models are compared by running them.
struct RunComparisonOptions: ParsableArguments {
  @Flag(name: .customLong("run"), help: "Run both on the same inputs, and compare every layer.")
  var runs = false

  @OptionGroup var weights: WeightOptions

  @Option(
    help: ArgumentHelp(
      "Weights of the second model; by default those of the first.", valueName: "file-or-folder"))
  var weightsB: String?

  @Option(
    help: "With --run, a safetensors file with a tensor for each input; by default random ones.")
  var inputs: String?

  @Option(help: "With --run, the relative error from which a value counts as different.")
  var tolerance = 1e-3

  func validate() throws {
    guard runs else {
      let given = [weights.weights, weightsB, inputs].contains { $0 != nil }
      if given || weights.randomWeights != nil {
        throw ValidationError("weights and inputs are for --run, which compares what both compute")
      }
      return
    }
    if !(tolerance >= 0) {
      throw ValidationError("--tolerance takes a number from 0, found \(tolerance)")
    }
  }

  /// Runs both and compares.
  func compare(
    _ graph: GraphOptions, _ other: GraphOptions, _ binding: BindingOptions,
    _ execution: ExecutionOptions
  ) throws -> RunComparison {
    let origin = try graph.requiredOrigin(weights)
    let second =
      try weightsB.map { .checkpoint(URL(filePath: $0)) } ?? other.origin(weights) ?? origin
    let registry = try graph.plugins.registry()
    func entry(of graph: GraphOptions, _ origin: WeightOrigin) throws -> Entry {
      try Model(
        graph.source(configuration: origin.configuration), weights: origin,
        threads: execution.threads, registry: registry
      ).entry(execution.entry)
    }
    let (a, b) = (try entry(of: graph, origin), try entry(of: other, second))
    let tensors =
      if let inputs {
        try a.readInputs(from: URL(filePath: inputs))
      } else {
        try a.randomInputs(bindings: binding.bindings(), seed: weights.randomWeights ?? 0)
      }
    return try Interrupt.watching { cancellation in
      var progress: Terminal.Progress?
      defer { progress?.finish() }
      return try RunComparison(
        of: a, with: b, on: tensors, bindings: binding.bindings(), tolerance: tolerance,
        cancellation: cancellation
      ) { done, count in
        let shown = progress ?? Terminal.Progress("comparing", count: count, unit: "values")
        progress = shown
        shown.advance(to: done)
      }
    }
  }
}
