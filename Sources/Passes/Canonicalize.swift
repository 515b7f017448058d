import Compiler
import IR

/// Replaces nodes by simpler forms that their ops know:
/// `x · 1` → x, `reshape(reshape(x))` → `reshape(x)`, `dropout(x)` → x.
public struct Canonicalize: RewritePass {
  public let name = "canonicalize"
  public let summary = "Replaces nodes by simpler forms that their ops know."

  /// The pass.
  public init() {}

  public func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    guard let op = node.op as? any Canonicalizable,
      let patch = try op.canonicalized(node, in: graph)
    else { return nil }
    context.applied("\(node.op.name) replaced by a simpler form", patch)
    return patch
  }
}
