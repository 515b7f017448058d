import IR
import Tensors

/// What a pointer over a box shows.
extension Scene {
  /// The layer's path and the line of the graph file.
  func tooltip(_ origin: Origin) -> String {
    let path = origin.path.description
    let place = origin.location?.description ?? ""
    return [path, place].filter { !$0.isEmpty }.joined(separator: "  ")
  }

  /// Types, weights, work and place of a node, a line each.
  func tooltip(of node: Node) -> String {
    let operands = node.operands.map { graph.type(of: $0) }
    let results = node.results.map { graph.type(of: $0) }
    var lines = [node.op.name + " → " + results.map(Numbers.type).joined(separator: ", ")]
    let parameters = Weights.elementCount(of: Set(node.operands), in: graph)
    if parameters > 0 { lines.append("\(Numbers.grouped(parameters)) parameters") }
    if (operands + results).allSatisfy({ $0.shape.values != nil }) {
      let cost = Cost(of: node.op, operands, results)
      if cost.flops > 0 { lines.append(Numbers.amount(Double(cost.flops), unit: "FLOP")) }
    }
    if let step = options.steps?.nodes[node.id] {
      lines.append("step \(step.position): \(step.kernel)")
      if !step.recipe.isEmpty { lines.append("= \(step.recipe)") }
    }
    lines.append(tooltip(node.origin))
    return lines.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// Names the steps of boxes, those of equal layers among them.
  mutating func addSteps() {
    guard let steps = options.steps else { return }
    for n in graph.nodes.indices {
      let drawn = outline.drawn(n)
      guard let box = owner[drawn], let step = steps.nodes[NodeID(n)] else { continue }
      boxes[box].steps.append(step.position)
    }
    for box in boxes.indices {
      let copies = boxes[box].outputs.compactMap { steps.copies[$0] }
      guard let first = copies.first else { continue }
      boxes[box].steps = copies.map(\.position)
      boxes[box].lines.append("copied, \(Numbers.amount(Double(first.bytes), unit: "B"))")
    }
  }
}

extension PlanSteps.Step {
  /// What a box says of the step.
  var lines: [String] {
    let work = [
      flops > 0 ? Numbers.amount(Double(flops), unit: "FLOP") : "",
      Numbers.amount(Double(bytes), unit: "B"),
    ].filter { !$0.isEmpty }
    return [
      recipe.isEmpty ? "" : "= \(recipe)", "\(position) · \(kernel)", work.joined(separator: " · "),
    ]
    .filter { !$0.isEmpty }
  }
}
