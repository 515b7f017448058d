import Tensors

/// Why a graph can't take values for its symbolic dimensions.
public enum BindingError: Error, CustomStringConvertible {
  /// A symbol has no value.
  case unbound(symbols: [String], given: Bindings)
  /// The graph has no such symbol.
  case unknown(symbol: String, known: [String])
  /// A value is below 1.
  case notPositive(symbol: String, value: Int)
  /// An extent would be below zero.
  case negativeExtent(TensorType, bindings: Bindings, origin: Origin)
  /// An op refuses the concrete shapes.
  case refused(op: String, operands: [TensorType], error: OpError, origin: Origin)

  /// The dimension, what it was given and what there is.
  public var description: String {
    switch self {
    case .unbound(let symbols, let given):
      "no value for \(symbols.joined(separator: ", ")); given: \(given.isEmpty ? "nothing" : "\(given)")"
    case .unknown(let symbol, let known):
      "there is no dimension '\(symbol)'; there is \(known.joined(separator: ", "))"
    case .notPositive(let symbol, let value):
      "dimension '\(symbol)' is \(value); it must be at least 1"
    case .negativeExtent(let type, let bindings, let origin):
      (origin.location.map { "\($0): " } ?? "")
        + "\(type) has a negative extent for \(bindings)"
    case .refused(let op, let operands, let error, let origin):
      (origin.location.map { "\($0): " } ?? "")
        + "'\(op)' \(error); operands are "
        + operands.map(\.description).joined(separator: ", ")
    }
  }
}

extension Graph {
  /// The graph for concrete dimensions: symbols replaced, every op asked again.
  public func binding(_ bindings: Bindings) throws(BindingError) -> Graph {
    let known = symbols
    for symbol in bindings.symbols {
      guard known.contains(symbol) else { throw .unknown(symbol: symbol, known: known) }
      if let value = bindings[symbol], value < 1 {
        throw .notPositive(symbol: symbol, value: value)
      }
    }
    let missing = known.filter { bindings[$0] == nil }
    guard missing.isEmpty else { throw .unbound(symbols: missing, given: bindings) }
    var builder = GraphBuilder(name: name)
    var mapped: [ValueID] = Array(repeating: ValueID(0), count: values.count)
    for value in values {
      if case .result = value.definition { continue }
      let type: TensorType
      do { type = try value.type.substituting(bindings) } catch {
        throw .refused(
          op: "input", operands: [value.type], error: .dim(error), origin: value.origin)
      }
      try check(value.type, type, bindings, value.origin)
      mapped[value.id.index] = builder.copy(value, as: type)
    }
    for node in nodes {
      let operands = node.operands.map { mapped[$0.index] }
      let op: any Op
      let types: [TensorType]
      do {
        op = try node.op.substituting(bindings)
        types = try op.resultTypes(operands.map { builder.type(of: $0) })
      } catch {
        throw .refused(
          op: node.op.name, operands: operands.map { builder.type(of: $0) }, error: error,
          origin: node.origin)
      }
      for (value, type) in zip(node.results, types) {
        try check(self.type(of: value), type, bindings, node.origin)
      }
      let results = builder.add(
        op, operands, resultTypes: types, names: node.results.map { self[$0].name },
        origin: node.origin)
      for (value, result) in zip(node.results, results) { mapped[value.index] = result }
    }
    for output in outputs { builder.output(output.name, mapped[output.value.index]) }
    return builder.graph()
  }

  private func check(
    _ symbolic: TensorType, _ bound: TensorType, _ bindings: Bindings, _ origin: Origin
  ) throws(BindingError) {
    guard bound.shape.dims.allSatisfy({ $0.value.map { $0 >= 0 } ?? true }) else {
      throw .negativeExtent(symbolic, bindings: bindings, origin: origin)
    }
  }
}
