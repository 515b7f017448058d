import Foundation

extension Entry {
  /// Goes from a model that was just made to its first answer on random inputs, and further to
  /// `runs` later ones and plans: `startup`, which the model was made with, tells what took how long.
  ///
  /// - Parameters:
  ///   - tokenizer: a tokenizer.json that is read meanwhile, as ``SentenceEmbedder`` does.
  ///   - parts: what it may name.
  public func start(
    bindings: Bindings, tokenizer: URL? = nil, parts: TokenizerParts = .standard, runs: Int,
    _ startup: StartupRecorder, cancellation: Cancellation? = nil
  ) throws {
    let reading = tokenizer.map { file in
      Background {
        try startup.measure(.readTokenizer) { try Tokenizer(contentsOf: file, parts: parts) }
      }
    }
    (shared.weights as? CheckpointWeights)?.pages.bring()
    _ = try compiled()
    if let reading { _ = try startup.measure(.waitForTokenizer) { try reading.value() } }
    let planned = try plan(for: bindings)
    let (_, inputs) = try InputBinding.bind(
      try randomInputs(bindings: bindings, seed: 0), to: graph, bindings)
    let states = try planned.newStates()
    _ = try startup.measure(.firstRun) {
      try run(planned, inputs, states: states, cancellation: cancellation)
    }
    startup.finish()
    shared.packed.settle()
    for _ in 0..<runs {
      try startup.measureLaterRun {
        _ = try run(planned, inputs, states: states, cancellation: cancellation)
      }
    }
    for other in neighbors(of: bindings, count: runs) {
      if let plan = try? self.plan(for: other) { startup.recordLaterPlan(plan.duration) }
    }
  }

  /// Other values for the last symbol: what texts of other lengths ask for. More of them than plans
  /// are kept, so that none is found.
  private func neighbors(of bindings: Bindings, count: Int) -> [Bindings] {
    guard let symbol = graph.symbols.last, let value = bindings[symbol] else { return [] }
    let values = (1...max(value, 64)).filter { $0 != value }
    return (0..<count).map { i in
      var other = bindings
      other[symbol] = values[i % values.count]
      return other
    }
  }
}
