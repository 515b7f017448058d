import Tensors

/// Checks that a graph is well-formed. Its rules are the specification of the IR.
///
/// **Values**
/// 1. The value at position `i` has the id `i`; the node at position `i` likewise.
/// 2. A value is defined once: as an input, a parameter, a state, a constant, or as result `j` of the one
///    node that lists it as its result `j`.
/// 3. Inputs have names that differ, as have parameters, states and outputs.
/// 4. A constant's type is its tensor's. No known extent is negative.
/// 5. A symbol that occurs in a value's extents occurs in those of an input or a state: binding their
///    symbols makes every extent a number.
///
/// **Nodes**
/// 6. Operands are values of the graph, and defined before: inputs, parameters, states and
///    constants anywhere, results by an earlier node. So the order of the nodes is one they can run in, and
///    there is no cycle.
/// 7. The op accepts its operands' types, and its results' types are what the op gives for them.
/// 8. An op's attributes are those of its signature, each of its kind, in the signature's order.
/// 9. The results of a node follow each other, in ascending order from node to node.
/// 10. What an updating op changes is a state, or what another such op gives, and nothing else takes it:
///    so there is one order of a state's versions, and nothing reads one that is gone. No output is one.
///
/// **The graph**
/// 11. Every output is a value of the graph.
/// 12. The table of users lists for each value the nodes that take it, ascending, none twice.
///
/// What a graph need not be: free of dead nodes, canonical, or bound to known extents.
public struct Verifier {
  private let graph: Graph
  private var violations: [Violation] = []

  /// Everything that is wrong with `graph`, in time linear in its size.
  public static func violations(in graph: Graph) -> [Violation] {
    var verifier = Verifier(graph)
    verifier.checkValues()
    verifier.checkSymbols()
    verifier.checkNodes()
    verifier.checkUpdates()
    verifier.checkOutputs()
    verifier.checkUsers()
    return verifier.violations
  }

  /// Throws what is wrong with `graph`, if anything is.
  public static func verify(_ graph: Graph) throws(VerificationError) {
    let violations = violations(in: graph)
    guard violations.isEmpty else {
      throw VerificationError(graph: graph.name, violations: violations)
    }
  }

  private init(_ graph: Graph) { self.graph = graph }

  private mutating func report(_ value: Value, at index: Int, _ message: String) {
    violations.append(Violation(subject: .value(index), message: message, origin: value.origin))
  }

  private mutating func report(_ node: Node, at index: Int, _ message: String) {
    violations.append(
      Violation(subject: .node(index, op: node.op.name), message: message, origin: node.origin))
  }

  private func value(_ id: ValueID) -> Value? {
    graph.values.indices.contains(id.index) ? graph.values[id.index] : nil
  }

  private mutating func checkValues() {
    var inputs: Set<String> = []
    var parameters: Set<String> = []
    var states: Set<String> = []
    for (i, value) in graph.values.enumerated() {
      if value.id.index != i { report(value, at: i, "its id is \(value.id)") }
      for dim in value.type.shape.dims where dim.value.map({ $0 < 0 }) ?? false {
        report(value, at: i, "its type \(value.type) has a negative extent")
      }
      switch value.definition {
      case .input(let name):
        if !inputs.insert(name).inserted {
          report(value, at: i, "another input is called '\(name)', too")
        }
      case .parameter(let parameter):
        if !parameters.insert(parameter.name).inserted {
          report(value, at: i, "another parameter is called '\(parameter.name)', too")
        }
      case .state(let name):
        if !states.insert(name).inserted {
          report(value, at: i, "another state is called '\(name)', too")
        }
      case .constant(let tensor):
        if tensor.type != value.type {
          report(value, at: i, "its type is \(value.type), its tensor's \(tensor.type)")
        }
      case .result(let node, let position):
        guard graph.nodes.indices.contains(node.index) else {
          report(value, at: i, "it is a result of node \(node.index), which isn't there")
          continue
        }
        let results = graph.nodes[node.index].results
        if !results.indices.contains(position) || results[position].index != i {
          report(value, at: i, "node \(node.index) doesn't list it as its result \(position)")
        }
      }
    }
  }

  private mutating func checkSymbols() {
    let known = Set(graph.symbols)
    for (i, value) in graph.values.enumerated() {
      for symbol in Shape.symbols(of: value.type.shape) where !known.contains(symbol) {
        report(
          value, at: i,
          "its type \(value.type) uses '\(symbol)', which no input and no state has")
      }
    }
  }

  private mutating func checkNodes() {
    var last = -1
    for (i, node) in graph.nodes.enumerated() {
      if node.id.index != i { report(node, at: i, "its id is \(node.id.index)") }
      for (j, result) in node.results.enumerated() {
        if result.index <= last { report(node, at: i, "its result \(result) isn't in order") }
        last = max(last, result.index)
        guard let value = value(result) else {
          report(node, at: i, "its result \(result) isn't there")
          continue
        }
        if case .result(NodeID(i), j) = value.definition { continue }
        report(node, at: i, "\(result) isn't defined as its result \(j)")
      }
      checkOperands(node, at: i)
      checkAttributes(node, at: i)
    }
  }

  private mutating func checkOperands(_ node: Node, at i: Int) {
    var types: [TensorType] = []
    for operand in node.operands {
      guard let value = value(operand) else {
        report(node, at: i, "its operand \(operand) isn't there")
        return
      }
      if case .result(let producer, _) = value.definition, producer.index >= i {
        report(node, at: i, "its operand \(operand) is defined later, by node \(producer.index)")
      }
      types.append(value.type)
    }
    let expected: [TensorType]
    do { expected = try node.op.resultTypes(types) } catch {
      let list = types.map(\.description).joined(separator: ", ")
      return report(node, at: i, "the op \(error); operands are \(list)")
    }
    let found = node.results.compactMap { value($0)?.type }
    if found != expected {
      let (found, expected) = (found.map(\.description), expected.map(\.description))
      report(
        node, at: i,
        "its results are \(found.joined(separator: ", ")),"
          + " the op gives \(expected.joined(separator: ", "))")
    }
  }

  private mutating func checkAttributes(_ node: Node, at i: Int) {
    let given = node.op.attributes
    do {
      let complete = try node.op.signature.completing(given)
      if complete != given {
        report(node, at: i, "its attributes aren't the signature's, in order")
      }
    } catch {
      report(node, at: i, "its signature \(error)")
    }
  }

  private mutating func checkUpdates() {
    for (i, node) in graph.nodes.enumerated() {
      guard let op = node.op as? any Updating else { continue }
      guard node.operands.indices.contains(op.updatedOperand),
        let value = value(node.operands[op.updatedOperand])
      else {
        report(node, at: i, "it has no operand \(op.updatedOperand) that it could change")
        continue
      }
      if graph.state(of: value.id) == nil {
        report(node, at: i, "it changes \(value.id), which is no state")
      } else if graph.useCount(of: value.id) > 1 {
        report(node, at: i, "it changes \(value.id), which is used elsewhere, too")
      }
    }
  }

  private mutating func checkOutputs() {
    var names: Set<String> = []
    for (i, output) in graph.outputs.enumerated() {
      func report(_ message: String) {
        violations.append(
          Violation(
            subject: .output(i), message: message, origin: value(output.value)?.origin ?? Origin()))
      }
      if value(output.value) == nil {
        report("its value \(output.value) isn't there")
      } else if graph.state(of: output.value) != nil {
        report("its value \(output.value) is a state")
      }
      if !names.insert(output.name).inserted {
        report("another output is called '\(output.name)', too")
      }
    }
  }

  private mutating func checkUsers() {
    var users = [[NodeID]](repeating: [], count: graph.values.count)
    for (i, node) in graph.nodes.enumerated() {
      for operand in Set(node.operands) where users.indices.contains(operand.index) {
        users[operand.index].append(NodeID(i))
      }
    }
    for (i, value) in graph.values.enumerated() {
      let found = graph.users.indices.contains(i) ? graph.users[i] : []
      if found != users[i] {
        report(
          value, at: i,
          "its users are nodes \(users[i].map(\.index)), the table says \(found.map(\.index))")
      }
    }
  }
}

extension Shape {
  fileprivate static func symbols(of shape: Shape) -> [String] {
    Array(Set(shape.dims.flatMap(\.symbols))).sorted()
  }
}
