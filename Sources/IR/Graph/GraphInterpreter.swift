import Tensors

/// Evaluates a graph node by node with its ops' references: slow, obvious, the definition of what a
/// graph computes.
public enum GraphInterpreter {
  /// The outputs of `graph`, by name.
  ///
  /// - Parameters:
  ///   - graph: a graph whose dimensions are all known.
  ///   - given: the values of inputs, states and parameters, by name.
  /// - Throws: ``InterpreterError``, or the ``EvaluationError`` of an op.
  public static func outputs(
    of graph: Graph, given: [String: Tensor]
  ) throws -> [String: Tensor] {
    try results(of: graph, given: given).outputs
  }

  /// The outputs of `graph`, and what has become of its states, by name.
  public static func results(
    of graph: Graph, given: [String: Tensor]
  ) throws -> (outputs: [String: Tensor], states: [String: Tensor]) {
    var tensors = [Tensor?](repeating: nil, count: graph.values.count)
    for value in graph.values {
      switch value.definition {
      case .input(let name), .state(let name):
        tensors[value.id.index] = try tensor(name, value.type, in: given)
      case .parameter(let parameter):
        tensors[value.id.index] = try tensor(parameter.name, value.type, in: given)
      case .constant(let tensor): tensors[value.id.index] = tensor
      case .result: break
      }
    }
    for node in graph.nodes {
      guard let op = node.op as? any Evaluable else {
        throw InterpreterError.noReference(node.op.name)
      }
      let results = try op.evaluate(node.operands.compactMap { tensors[$0.index] })
      for (value, result) in zip(node.results, results) { tensors[value.index] = result }
    }
    var outputs: [String: Tensor] = [:]
    for output in graph.outputs { outputs[output.name] = tensors[output.value.index] }
    // Later versions of a state stand after the earlier ones.
    var states: [String: Tensor] = [:]
    for value in graph.values {
      if case .state(let name)? = graph.state(of: value.id)?.definition {
        states[name] = tensors[value.id.index]
      }
    }
    return (outputs, states)
  }

  private static func tensor(
    _ name: String, _ type: TensorType, in given: [String: Tensor]
  ) throws(InterpreterError) -> Tensor {
    guard let tensor = given[name] else { throw .missing(name) }
    guard tensor.type == type else { throw .type(name: name, expected: type, found: tensor.type) }
    return tensor
  }
}

/// Why a graph can't be evaluated by references.
public enum InterpreterError: Error, Hashable, CustomStringConvertible {
  /// An input or a parameter has no value.
  case missing(String)
  /// A value has another type than the graph gives it.
  case type(name: String, expected: TensorType, found: TensorType)
  /// An op has no reference.
  case noReference(String)

  public var description: String {
    switch self {
    case .missing(let name): "there is no value for '\(name)'"
    case .type(let name, let expected, let found):
      "the value of '\(name)' must be \(expected), found \(found)"
    case .noReference(let op): "'\(op)' has no reference"
    }
  }
}
