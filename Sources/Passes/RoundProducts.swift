import Compiler
import IR
import Operators

/// Lets attentions round their products to bf16 where the checkpoint says so, as `weft quantize` writes
/// it: `attention(q, k, v)` → `attention(q, k, v, products: "bf16")`.
public struct RoundProducts: RewritePass {
  public let name = "round-products"
  public let summary = "Rounds the products of attentions to bf16 where the checkpoint says so."
  /// The attentions, by ``name(of:)``.
  public let names: Set<String>

  /// A pass that rounds the products of the attentions of these names.
  public init(_ names: Set<String>) { self.names = names }

  /// What the products of an attention are called: `encoder.layer.0.attention.self.products`; nil for
  /// other ops. Attentions of one layer share a name.
  public static func name(of node: Node) -> String? {
    node.op is Attention ? node.origin.path.naming("products") : nil
  }

  public func rewrite(_ node: Node, in graph: Graph, context: inout PassContext) throws -> Patch? {
    guard var attention = node.op as? Attention, attention.products == .f32,
      let name = Self.name(of: node), names.contains(name)
    else { return nil }
    attention.products = .bf16
    var patch = Patch(rewriting: [node])
    patch.replace(node, with: try patch.add(attention, node.operands, in: graph))
    context.applied("products rounded to bf16", patch)
    return patch
  }
}
