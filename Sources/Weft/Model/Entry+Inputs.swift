import Foundation

extension Entry {
  /// The entry's inputs from a safetensors file, by name. Other tensors in the file are ignored.
  public func readInputs(from file: URL) throws -> [String: Tensor] {
    let reader = try SafetensorsReader(contentsOf: file)
    var inputs: [String: Tensor] = [:]
    for name in graph.inputs.compactMap(\.name) where reader.entry(named: name) != nil {
      inputs[name] = try reader.tensor(named: name)
    }
    let missing = graph.inputs.compactMap(\.name).filter { inputs[$0] == nil }
    guard missing.isEmpty else {
      throw ModelError.missingInputs(missing, given: reader.names)
    }
    return inputs
  }

  /// Inputs to try the entry with: indices are uniform over the rows of their table, offsets divide
  /// the tokens evenly, places fill the slots of a state evenly up to their end, other integers are 1
  /// (a mask that hides nothing), reals Gaussian.
  public func randomInputs(bindings: Bindings, seed: UInt64) throws -> [String: Tensor] {
    try check(bindings)
    let bound = try graph.binding(bindings).inputs
    try MemoryLimit.check(Cost.byteCount(bound.map(\.type)), for: bindings)
    var inputs: [String: Tensor] = [:]
    for input in graph.inputs {
      guard let name = input.name else { continue }
      let random = RandomNumbers(seed: seed, name: "input \(name)")
      let dims = try input.type.shape.bound(by: bindings)
      let tensor = try Tensor(zeros: input.type.dtype, dims: dims)
      let rows = try tableRows(of: input.id)?.bound(by: bindings)
      let places = try places(of: input.id)?.bound(by: bindings, tokens: tensor.count)
      let tokens = try segmentedExtent(by: input.id)?.bound(by: bindings)
      for i in 0..<tensor.count {
        let number =
          if input.type.dtype.isFloatingPoint {
            random.normal(at: i)
          } else if let tokens {
            (Double(tokens) * Double(i) / Double(max(tensor.count - 1, 1))).rounded(.down)
          } else if let places {
            Double(places(i))
          } else if let rows {
            (random.uniform(at: i) * Double(rows)).rounded(.down)
          } else {
            1.0
          }
        tensor.initialize(number, at: i)
      }
      inputs[name] = tensor
    }
    return inputs
  }

  /// The rows of the table that `value` picks rows of, reshaped or as it is.
  private func tableRows(of value: ValueID) -> Dim? {
    for user in graph.users[value.index] {
      let node = graph[user]
      if node.op is Reshape, let rows = tableRows(of: node.results[0]) { return rows }
      guard node.op is Embedding, node.operands[1] == value else { continue }
      return graph.type(of: node.operands[0]).shape.dims[0]
    }
    return nil
  }

  /// What `value` says of where tokens stand in a state; nil where it doesn't.
  private func places(of value: ValueID) -> RandomPlaces? {
    for user in graph.users[value.index] {
      let node = graph[user]
      guard let op = node.op as? any StatePlacing else { continue }
      let dims = graph.type(of: node.operands[op.stateOperand]).shape.dims
      for isSlot in [true, false]
      where node.operands[isSlot ? op.slotsOperand : op.positionsOperand] == value {
        return RandomPlaces(isSlot: isSlot, slots: dims[0], capacity: dims[1])
      }
    }
    return nil
  }

  /// The extent of the tokens that `value` divides into sequences; nil where it isn't offsets.
  private func segmentedExtent(by value: ValueID) -> Dim? {
    for user in graph.users[value.index] {
      let node = graph[user]
      guard let op = node.op as? any Segmented, let position = op.offsetsPosition,
        node.operands[position] == value
      else { continue }
      return op.segmentedExtent(node.operands.map { graph.type(of: $0) })
    }
    return nil
  }
}

/// Places of tokens that are divided evenly among the slots of a state, each slot full at its end: what
/// the last tokens of long sequences cost.
private struct RandomPlaces {
  let isSlot: Bool
  let slots: Dim
  let capacity: Dim

  func bound(by bindings: Bindings, tokens: Int) throws -> (Int) -> Int {
    let (slots, capacity) = (try slots.bound(by: bindings), try capacity.bound(by: bindings))
    let share = max(1, (tokens + slots - 1) / max(slots, 1))
    return isSlot
      ? { $0 / share } : { max(0, capacity - min(share, tokens - $0 / share * share)) + $0 % share }
  }
}
