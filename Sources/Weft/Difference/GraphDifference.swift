/// What differs between two graphs, or two models: configs, inputs, outputs, layers, weights, ops.
///
/// As JSON (see ``JSONReport/json()``) it has exactly the properties below.
public struct GraphDifference: Codable, Hashable, Sendable, JSONReport {
  /// One thing that isn't the same in both.
  public struct Change: Codable, Hashable, Sendable {
    /// The config, input, output, layer, weight or op.
    public var name: String
    /// What it is in the first; nil where it isn't there.
    public var first: String?
    /// What it is in the second; nil where it isn't there.
    public var second: String?
  }

  /// What a graph amounts to.
  public struct Totals: Codable, Hashable, Sendable {
    /// Elements of all weights.
    public var parameters: Int
    /// Their bytes as declared.
    public var parameterBytes: Int
    /// Nodes.
    public var ops: Int
    /// Layers that were called.
    public var layers: Int
    /// Floating-point operations, where values for the symbols were given.
    public var flops: Int?
  }

  /// The entry that is compared.
  public var entry: String
  /// Whether nothing differs.
  public var isEqual: Bool
  /// Configs with other values.
  public var configs: [Change]
  /// Inputs and outputs by name: their types.
  public var inputs: [Change]
  public var outputs: [Change]
  /// Layers by path: their kinds.
  public var layers: [Change]
  /// Weights by name: their types.
  public var parameters: [Change]
  /// Ops by name: how many there are.
  public var ops: [Change]
  /// Places in the layers where the ops are others, or in another order, or have other attributes.
  public var bodies: [Change]
  /// The first graph's totals.
  public var first: Totals
  /// The second graph's totals.
  public var second: Totals

  /// What differs between two entries of the same name.
  ///
  /// - Parameter bindings: values for the symbols that FLOPs are counted for; nil: they aren't.
  public init(
    _ a: Graph, _ b: Graph, configs: [Change] = [], bindings: Bindings? = nil
  ) throws {
    entry = b.name
    self.configs = configs
    inputs = Self.changes(a.inputTypes, b.inputTypes)
    outputs = Self.changes(a.outputTypes, b.outputTypes)
    layers = Self.changes(a.layerKinds, b.layerKinds)
    parameters = Self.changes(a.parameterTypes, b.parameterTypes)
    ops = Self.changes(a.opCounts, b.opCounts)
    let known = Set(a.layerKinds.map(\.0)).intersection(b.layerKinds.map(\.0)).union([""])
    bodies = Self.changes(
      a.bodies.filter { known.contains($0.0) }, b.bodies.filter { known.contains($0.0) })
    first = try Totals(a, bindings)
    second = try Totals(b, bindings)
    isEqual = [configs, inputs, outputs, layers, parameters, ops, bodies].allSatisfy(\.isEmpty)
  }

  /// Configs with other values in two models.
  public static func configs(_ a: ModelDefinition, _ b: ModelDefinition) -> [Change] {
    func values(_ model: ModelDefinition) -> [(String, String)] {
      model.configs.map { ($0.name, "\($0.value)") }
    }
    return changes(values(a), values(b))
  }

  /// Pairs whose second parts aren't the same, in the order of the first list, then of the second.
  private static func changes(_ a: [(String, String)], _ b: [(String, String)]) -> [Change] {
    let first = Dictionary(a, uniquingKeysWith: { old, _ in old })
    let second = Dictionary(b, uniquingKeysWith: { old, _ in old })
    var seen: Set<String> = []
    return (a + b).compactMap { name, _ in
      guard seen.insert(name).inserted, first[name] != second[name] else { return nil }
      return Change(name: name, first: first[name], second: second[name])
    }
  }
}

extension GraphDifference.Totals {
  fileprivate init(_ graph: Graph, _ bindings: Bindings?) throws {
    let types = graph.parameters.map(\.value.type)
    parameters = types.reduce(0) { sum, type in
      let count = (try? type.shape.elementCount().value) ?? 0
      let (total, overflow) = sum.addingReportingOverflow(count)
      return overflow ? .max : total
    }
    parameterBytes = Cost.byteCount(types)
    ops = graph.nodes.count
    layers = graph.layerKinds.count
    flops = try bindings.map { bindings in
      let bound = try graph.binding(bindings)
      return bound.nodes.reduce(0) { sum, node in
        let cost = Cost(
          of: node.op, node.operands.map { bound.type(of: $0) },
          node.results.map { bound.type(of: $0) })
        let (total, overflow) = sum.addingReportingOverflow(cost.flops)
        return overflow ? .max : total
      }
    }
  }
}

extension Graph {
  fileprivate var inputTypes: [(String, String)] {
    inputs.map { value in
      if case .input(let name) = value.definition { (name, "\(value.type)") } else { ("", "") }
    }
  }

  fileprivate var outputTypes: [(String, String)] {
    outputs.map { ($0.name, "\(type(of: $0.value))") }
  }

  fileprivate var parameterTypes: [(String, String)] {
    parameters.map { ($0.parameter.name, "\($0.value.type)") }
  }

  fileprivate var opCounts: [(String, String)] {
    var counts: [String: Int] = [:]
    for node in nodes { counts[node.op.name, default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
  }

  /// Every layer by its path, in the order of the first node in it.
  fileprivate var layerKinds: [(String, String)] {
    var seen: Set<LayerPath> = []
    var kinds: [(String, String)] = []
    for node in nodes {
      var path = LayerPath()
      for component in node.origin.path.components {
        path.components.append(component)
        guard seen.insert(path).inserted, let kind = component.layer else { continue }
        kinds.append((path.description, kind))
      }
    }
    return kinds
  }

  /// The ops that stand in each layer and in none below it.
  fileprivate var bodies: [(String, String)] {
    var order: [String] = []
    var bodies: [String: [String]] = [:]
    for node in nodes {
      let path = node.origin.path.description
      if bodies[path] == nil { order.append(path) }
      let attributes = node.op.attributes.pairs.map { "\($0.name): \($0.value)" }
      let text = attributes.isEmpty ? "" : "(\(attributes.joined(separator: ", ")))"
      bodies[path, default: []].append(node.op.name + text)
    }
    return order.map { ($0, bodies[$0, default: []].joined(separator: " ")) }
  }
}
