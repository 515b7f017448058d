/// How much a model's outputs change where one of its weights is stored in another form.
struct WeightSensitivity {
  /// The weights, in the order of declaration.
  let names: [String]
  /// The model as it is, whose packed weights serve all that is tried.
  let model: Model
  private let entry: String?
  private let runs: [[String: Tensor]]
  private let originals: [String: StoredWeight]
  /// The outputs of each run.
  private let exact: [[Tensor]]
  private let cancellation: Cancellation?

  /// Runs `model` as it is.
  init(
    _ model: Model, runs: some Sequence<[String: Tensor]>, entry: String?,
    cancellation: Cancellation?
  ) throws {
    let parameters = Model.parameters(of: model.definition)
    // Asked for once: random weights are drawn anew each time.
    var originals: [String: StoredWeight] = [:]
    for (parameter, type) in parameters {
      originals[parameter.name] = try model.shared.weights.weight(for: parameter, type: type)
    }
    names = parameters.map(\.parameter.name)
    self.originals = originals
    self.model = Model(model, weights: HeldWeights(weights: originals))
    self.entry = entry
    self.runs = Array(runs)
    self.cancellation = cancellation
    exact = try Self.outputs(of: self.model, self.runs, entry, cancellation)
  }

  /// The weight as it is.
  func original(_ name: String) throws -> StoredWeight {
    guard let weight = originals[name] else { throw ModelError.noWeights(name) }
    return weight
  }

  /// Σ (y − ŷ)² / Σ y² over all runs' outputs of reals, where the weight `name` alone is `stored`.
  func effect(of name: String, as stored: StoredWeight) throws -> Double {
    var weights = originals
    weights[name] = stored
    // What is packed of the other weights serves here, too; what is packed of this one goes again.
    let changed = Model(
      model, weights: HeldWeights(weights: weights),
      packed: PackedWeights(over: model.shared.packed))
    let found = try Self.outputs(of: changed, runs, entry, cancellation)
    var (difference, reference) = (0.0, 0.0)
    for (y, z) in zip(exact.joined(), found.joined()) where y.dtype.isFloatingPoint {
      for (y, z) in zip(y.floats, z.floats) {
        difference += (Double(z) - Double(y)) * (Double(z) - Double(y))
        reference += Double(y) * Double(y)
      }
    }
    return reference > 0 ? difference / reference : 0
  }

  private static func outputs(
    of model: Model, _ runs: [[String: Tensor]], _ entry: String?, _ cancellation: Cancellation?
  ) throws -> [[Tensor]] {
    let entry = try model.entry(entry)
    return try runs.map { inputs in
      let (bindings, ordered) = try InputBinding.bind(inputs, to: entry.graph)
      return try entry.run(entry.plan(for: bindings), ordered, cancellation: cancellation)
    }
  }
}
