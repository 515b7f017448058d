import IR

/// A rewrite of graphs. One file a pass.
public protocol Pass: Sendable {
  /// A verb phrase in kebab case, such as `fuse-linear`.
  var name: String { get }
  /// One sentence on what it does and why, for reports and documentation.
  var summary: String { get }
  /// The rewrites for `graph`; the manager applies them together and runs the pass again until
  /// there are none. Rewrites of one call must not overlap.
  func run(on graph: Graph, context: inout PassContext) throws -> [Patch]
}

/// A pass that looks at one node after the other.
public protocol RewritePass: Pass {
  /// The rewrite that starts at `node`, or nil. Near misses go to ``PassContext/missed(_:)``.
  func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch?
}

extension RewritePass {
  public func run(on graph: Graph, context: inout PassContext) throws -> [Patch] {
    var patches: [Patch] = []
    var touched: Set<NodeID> = []
    for node in graph.nodes where !touched.contains(node.id) {
      guard let patch = try rewrite(node, in: graph, context: &context) else { continue }
      let replaced = patch.replacedNodes(in: graph)
      guard touched.isDisjoint(with: patch.touchedNodes(in: graph)) else {
        context.postpone()
        continue
      }
      touched.formUnion(replaced)
      patches.append(patch)
    }
    return patches
  }
}
