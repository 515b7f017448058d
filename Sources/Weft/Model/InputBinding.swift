/// Finds the values of a graph's symbols in the extents of its inputs.
enum InputBinding {
  /// The symbols' values, and the inputs in the graph's order and types. `known` are values that inputs
  /// may leave open.
  static func bind(
    _ given: [String: Tensor], to graph: Graph, _ known: Bindings = Bindings()
  ) throws -> (Bindings, [Tensor]) {
    let inputs = graph.inputs
    let missing = inputs.compactMap(\.name).filter { given[$0] == nil }
    guard missing.isEmpty else {
      throw ModelError.missingInputs(missing, given: given.keys.sorted())
    }
    var bindings = known
    var ordered: [Tensor] = []
    for input in inputs {
      guard let name = input.name, let tensor = given[name] else { continue }
      let fitting = try convert(tensor, to: input.type, name: name)
      guard fitting.dims.count == input.type.rank else {
        throw ModelError.inputType(name: name, expected: input.type, found: tensor.type)
      }
      for (dim, extent) in zip(input.type.shape.dims, fitting.dims) {
        if let value = dim.value, value != extent {
          throw ModelError.inputType(name: name, expected: input.type, found: tensor.type)
        }
        guard let (symbol, solution) = dim.solved(for: extent) else { continue }
        guard let value = solution else {
          throw ModelError.inputType(name: name, expected: input.type, found: tensor.type)
        }
        if let known = bindings[symbol], known != value {
          throw ModelError.conflictingDimension(
            symbol: symbol, first: known, second: value, input: name)
        }
        bindings[symbol] = value
      }
      ordered.append(fitting)
    }
    return (bindings, ordered)
  }

  /// `tensor` in the element type that is asked for, where that loses nothing: other widths of
  /// integers, and reals of fewer bits.
  private static func convert(
    _ tensor: Tensor, to type: TensorType, name: String
  ) throws -> Tensor {
    switch (tensor.dtype, type.dtype) {
    case (let from, let to) where from == to: return tensor
    case (.i64, .i32):
      let integers = tensor.integers
      if let wrong = integers.first(where: { Int32(exactly: $0) == nil }) {
        throw ModelError.inputRange(name: name, value: wrong)
      }
      return try Tensor(.i32, dims: tensor.dims, integers: integers)
    case (.i32, .i64): return try Tensor(.i64, dims: tensor.dims, integers: tensor.integers)
    case (.f16, .f32), (.bf16, .f32):
      return try Tensor(dims: tensor.dims, floats: tensor.floats)
    default:
      throw ModelError.inputType(name: name, expected: type, found: tensor.type)
    }
  }
}
