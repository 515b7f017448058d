import Formats
import IR

/// One layer with its neighbours.
extension Scene {
  /// Draws nodes of other layers that stand on a way from the layer back into it, such as the sum
  /// between its last product and its norm.
  mutating func addBetween() {
    let inside = Set(owner.keys)
    guard let first = inside.min(), let last = inside.max(), frames.count > 1 else { return }
    var behind = inside
    var between: [Int] = []
    for n in first...last where !outline.isFolded[n] && !inside.contains(n) {
      let producers = graph.nodes[n].operands.compactMap { graph.producer(of: $0)?.id.index }
      if producers.contains(where: behind.contains) { behind.insert(n) }
    }
    var leads = inside
    for n in (first...last).reversed() where behind.contains(n) && !inside.contains(n) {
      let users = graph.nodes[n].results.flatMap { graph.users[$0.index] }.map(\.index)
      guard users.contains(where: leads.contains) else { continue }
      leads.insert(n)
      if outline.drawn(n) == n { between.append(n) }
    }
    for n in between.reversed() { add(node: n, to: 1, caption: nil) }
  }

  /// The box for a node outside the layer that is drawn alone: one for each neighbour.
  mutating func stub(for n: Int) -> Int? {
    guard let focus else { return nil }
    let path = graph.nodes[n].origin.path
    let depth = path.commonAncestor(with: outline.layers[focus].path).components.count
    var at = 0
    for component in path.components.prefix(depth + 1) {
      at = outline.layers[at].children.first { outline.layers[$0].component == component } ?? at
    }
    let isLayer = at != 0 && outline.layers[at].path.components.count > depth
    let node = graph.nodes[n]
    var box = Box(
      style: .stub, frame: 0,
      title: isLayer ? outline.layers[at].path.description : node.op.name)
    box.caption = isLayer ? outline.layers[at].component.layer : nil
    box.tooltip = tooltip(node.origin)
    return stub(isLayer ? "layer \(at)" : "node \(n)", box)
  }

  /// The box for an input of the graph that the layer takes.
  mutating func stub(for input: ValueID, named name: String) -> Int? {
    var box = Box(style: .input, frame: 0, title: name)
    box.lines = [Numbers.type(graph.type(of: input))]
    return stub("input \(input.index)", box)
  }

  private mutating func stub(_ key: String, _ box: Box) -> Int? {
    guard focus != nil else { return nil }
    if let known = stubs[key] { return known }
    stubs[key] = boxes.count
    boxes.append(box)
    return boxes.count - 1
  }
}

extension Outline {
  /// The path of a layer that is spelled most like `path`.
  func nearestPath(to path: String) -> String? {
    nearestName(to: path, among: layers.dropFirst().map(\.path.description))
  }

  /// Refuses a path that no layer stands at or below.
  func check(_ path: String) throws(DiagramError) {
    guard layers.contains(where: { isPath($0.path.description, atOrBelow: path) }) else {
      throw .unknownLayer(path, nearest: nearestPath(to: path))
    }
  }
}
