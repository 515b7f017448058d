import ArgumentParser
import Foundation
import Weft

/// Which values inside of a model are looked at.
struct TapOptions: ParsableArguments {
  @Option(
    name: .customLong("tap"), parsing: .singleValue,
    help: ArgumentHelp(
      "Also give a value inside of the model, such as encoder.layer.*.attention:probabilities; may stand several times.",
      valueName: "path[:name]"))
  var patterns: [String] = []

  @Option(
    name: .customLong("taps"),
    help: ArgumentHelp(
      "Write them to a .safetensors, .npz or .npy file, or to a folder.", valueName: "file"))
  var file: String?

  @Flag(help: "Show what can be tapped, or what --tap names, and run nothing.")
  var listTaps = false

  func validate() throws {
    if let twice = patterns.indices.first(where: { patterns[..<$0].contains(patterns[$0]) }) {
      throw ValidationError("--tap gives '\(patterns[twice])' twice")
    }
    guard file != nil else { return }
    if patterns.isEmpty { throw ValidationError("--taps writes what --tap names; give --tap") }
    _ = try target()
  }

  /// Where they are written.
  private func target() throws -> TapFile? {
    do {
      return try file.map { try TapFile(path: $0) }
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// What is tapped of `entry` on `inputs`; nil where nothing is asked for. All that can be wrong is
  /// said before anything runs.
  func taps(
    of entry: Entry, on inputs: [String: Tensor], bindings: Bindings = Bindings()
  ) throws -> Taps? {
    guard !patterns.isEmpty else { return nil }
    let taps = try entry.taps(patterns)
    try taps.check(inputs, bindings: bindings)
    try target()?.check(count: taps.names.count)
    return taps
  }

  /// Writes what was tapped, where a file was given.
  func write(_ tensors: [String: Tensor]) throws { try target()?.write(tensors) }

  /// Prints what can be tapped. Weights are only looked at for their config.json.
  func list(
    _ graph: GraphOptions, _ weights: WeightOptions, _ execution: ExecutionOptions, json: Bool
  ) throws {
    let origin = try graph.origin(weights)
    let model = try Model(
      graph.source(configuration: origin?.configuration), weights: origin,
      registry: graph.plugins.registry())
    let listing = try TapListing(model.entry(execution.entry), patterns: patterns)
    print(json ? try listing.json() : listing.text, terminator: json ? "" : "\n")
  }
}

extension TapOptions {
  /// What a profile taps once its runs are timed.
  struct OfProfile {
    fileprivate let options: TapOptions
    fileprivate let taps: Taps
    fileprivate let inputs: [String: Tensor]
    fileprivate let bindings: Bindings

    /// Runs the taps and writes them.
    func write(cancellation: Cancellation) throws {
      try options.write(taps.run(inputs, bindings: bindings, cancellation: cancellation))
    }
  }

  /// Refuses taps without a file, where a command prints something else, or where nothing is run that
  /// could be tapped.
  func requireFile(isRun: Bool) throws {
    if !patterns.isEmpty, !isRun, !listTaps {
      throw ValidationError("--tap goes with a profile of runs: leave out --startup")
    }
    if !patterns.isEmpty, file == nil, !listTaps {
      throw ValidationError("--tap needs --taps FILE here")
    }
  }

  /// What is tapped of `entry` on the random inputs that its profile is made with.
  func taps(of entry: Entry, bindings: Bindings) throws -> OfProfile? {
    guard !patterns.isEmpty else { return nil }
    let inputs = try entry.randomInputs(bindings: bindings, seed: 0)
    return try taps(of: entry, on: inputs, bindings: bindings).map {
      OfProfile(options: self, taps: $0, inputs: inputs, bindings: bindings)
    }
  }
}
