import Weft

/// What the plan of a graph file gives, against what the ops' references give.
struct RandomSourceCheck {
  /// How a text ended.
  enum Outcome: Equatable {
    /// It was refused with a message.
    case refused(String)
    /// Both gave the same; `worst` is the largest difference as a share of the largest number.
    case equal(worst: Double)
    /// They didn't, for the output of that name.
    case different(String, worst: Double)
  }

  let registry: Registry

  /// Elaborates, compiles and runs a text that ``RandomSource`` made.
  func outcome(_ text: String, batch: Int, tokens: Int, seed: UInt64) throws -> Outcome {
    let (definition, diagnostics) = GraphLanguage.elaborate(
      text, name: "random.weft", ElaborationOptions(ops: registry.ops))
    guard let definition else { return .refused(diagnostics.rendered()) }
    let model = try Model(definition, weights: .random(seed: seed), threads: 2, registry: registry)
    let entry = try model.entry()
    let symbols = ["batch": batch, "tokens": tokens]
    let bindings = Bindings(symbols.filter { entry.graph.symbols.contains($0.key) })
    let concrete: Graph
    do {
      concrete = try entry.graph.binding(bindings)
    } catch {
      // What the references can't be asked, the plan has to refuse, too.
      do { _ = try entry.plan(for: bindings) } catch let planned { return .refused("\(planned)") }
      return .different("\(error)", worst: .infinity)
    }
    let inputs = try entry.randomInputs(bindings: bindings, seed: seed)
    var given = inputs
    for (value, parameter) in concrete.parameters {
      given[parameter.name] = try RandomWeights(seed: seed)
        .weight(for: parameter, type: value.type).tensor
    }
    // An index that no table has: both see it, or neither.
    let expected = Result { try GraphInterpreter.outputs(of: concrete, given: given) }
    let found = Result { try entry.run(inputs, bindings: bindings) }
    switch (found, expected) {
    case (.success(let found), .success(let expected)): return compare(found, expected, text)
    case (.failure(let error), .failure): return .refused("\(error)")
    case (.failure(let error), .success), (.success, .failure(let error)):
      return .different("\(error)", worst: .infinity)
    }
  }

  private func compare(
    _ found: [String: Tensor], _ expected: [String: Tensor], _ text: String
  ) -> Outcome {
    // Numbers that are rounded to 16 bits on the way may fall to either side.
    let tolerance = text.contains("f16") ? 3e-2 : 1e-3
    var worst = 0.0
    for (name, tensor) in expected {
      guard let other = found[name], other.type == tensor.type else {
        return .different(name, worst: .infinity)
      }
      let numbers = tensor.doubles
      let size = max(numbers.map(\.magnitude).max() ?? 0, 1)
      for (a, b) in zip(numbers, other.doubles) where a != b && !(a.isNaN && b.isNaN) {
        let difference = (a - b).magnitude / size
        guard difference <= tolerance else { return .different(name, worst: difference) }
        worst = max(worst, difference)
      }
    }
    return .equal(worst: worst)
  }
}
