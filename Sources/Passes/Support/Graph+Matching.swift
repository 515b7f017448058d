import IR
import Operators
import Tensors

/// What patterns ask of a graph.
extension Graph {
  /// The node that gives `value`, where its op is an `T`.
  public func producer<T: Op>(of value: ValueID, as type: T.Type) -> (node: Node, op: T)? {
    guard let node = producer(of: value), let op = node.op as? T else { return nil }
    return (node, op)
  }

  /// Whether only one node uses `value`, once, and nobody outside: a fusion may swallow it.
  public func hasSoleUse(_ value: ValueID) -> Bool { useCount(of: value) == 1 }

  /// The number that every element of the constant `value` equals, for a constant of one element.
  public func scalar(_ value: ValueID) -> Double? {
    guard let tensor = constant(value), tensor.count == 1 else { return nil }
    return tensor.double(at: 0)
  }

  /// What people call `value`: its name, or what it is a result of. A parameter's name is the one in
  /// its layer, so that what several layers have in common reads the same.
  public func label(_ value: ValueID) -> String {
    if let name = self[value].name {
      let layer = self[value].origin.path.naming("")
      return !layer.isEmpty && name.hasPrefix(layer) ? String(name.dropFirst(layer.count)) : name
    }
    return producer(of: value).map { "the result of \($0.op.name)" } ?? "a constant"
  }
}
