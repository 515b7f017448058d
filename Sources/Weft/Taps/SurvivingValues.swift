/// Which values of a graph as it was declared are left after the passes.
struct SurvivingValues: Sendable {
  /// The graph as it was declared.
  let source: Graph
  /// The graph after the passes, the same that runs.
  let compiled: Graph
  /// For each value of ``source``, what stands for it in ``compiled``.
  private let survivors: [ValueID?]

  /// Runs `passes` over `source`.
  ///
  /// Passes don't look at names, and a name goes with its value to what replaces it: so values are
  /// named by their positions, and then looked for.
  init(_ source: Graph, _ passes: [any Pass]) throws(CompilationError) {
    self.source = source
    compiled = try PassManager(passes).compile(source.naming { "\($0.id.index)" }).graph
    var survivors = [ValueID?](repeating: nil, count: source.values.count)
    var given: [String: ValueID] = [:]
    for value in compiled.values {
      switch value.definition {
      case .result:
        guard let position = value.name.flatMap(Int.init), survivors.indices.contains(position)
        else { continue }
        survivors[position] = value.id
      case .input(let name): given["input " + name] = value.id
      case .state(let name): given["state " + name] = value.id
      case .parameter(let parameter): given[parameter.name] = value.id
      case .constant: continue
      }
    }
    for value in source.values {
      switch value.definition {
      case .input(let name): survivors[value.id.index] = given["input " + name]
      case .state(let name): survivors[value.id.index] = given["state " + name]
      case .parameter(let parameter): survivors[value.id.index] = given[parameter.name]
      case .constant, .result: continue
      }
    }
    self.survivors = survivors
  }

  /// What stands for `value` in ``compiled``; nil where a run has no such value.
  func survivor(of value: ValueID) -> ValueID? { survivors[value.index] }

  /// For each value of ``compiled``, one of ``source`` that it stands for.
  var originals: [ValueID: ValueID] {
    var originals: [ValueID: ValueID] = [:]
    for (i, survivor) in survivors.enumerated() {
      if let survivor { originals[survivor] = ValueID(i) }
    }
    return originals
  }
}
