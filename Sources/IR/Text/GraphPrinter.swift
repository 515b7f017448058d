import Tensors

/// Writes a graph as text, one line a definition, in the order of the values.
///
///     graph encode {
///       %0 = input "input_ids" : i32[batch, tokens]
///       %9 = state "layer.0.keys" : f32[slots, capacity, 384]
///       %1 = parameter "word.weight" = normal(0.0, 0.02) : f32[30522, 384]
///       %2 words = embedding(%1, %0) : f32[batch, tokens, 384] @ "bert.weft":14:11 in words(Embedding)
///       %3 best, %4 at = top_k(%2) {k = 5} : f32[batch, tokens, 5], i32[batch, tokens, 5]
///       output "best" = %3
///     }
///
/// A name after a `%number` is the one the user gave; attributes that have their default value are
/// left out. ``exact`` is what ``GraphParser`` reads back to an identical graph.
public struct GraphPrinter: Sendable {
  /// Whether each line ends with where it comes from.
  public var showsOrigins: Bool
  /// Constants of more elements are cut short, which only people can read; nil for no limit.
  public var constantLimit: Int?

  /// A printer with these options; the defaults are for people.
  public init(showsOrigins: Bool = false, constantLimit: Int? = 16) {
    self.showsOrigins = showsOrigins
    self.constantLimit = constantLimit
  }

  /// Nothing left out.
  public static let exact = GraphPrinter(showsOrigins: true, constantLimit: nil)

  /// The text of `graph`. A graph that the verifier refuses has one, too.
  public func text(of graph: Graph) -> String {
    var lines = ["graph \(IRText.word(graph.name)) {"]
    var next = 0
    func printNodes(through last: Int) {
      while next <= last, next < graph.nodes.count {
        lines.append("  " + line(graph.nodes[next], graph))
        next += 1
      }
    }
    for value in graph.values {
      if case .result(let node, _) = value.definition {
        printNodes(through: node.index)
      } else {
        lines.append("  " + line(value))
      }
    }
    printNodes(through: graph.nodes.count - 1)
    for output in graph.outputs {
      lines.append("  output \(IRText.quoted(output.name)) = \(output.value)")
    }
    return lines.joined(separator: "\n") + "\n}\n"
  }

  /// The line of a value that no node gives.
  private func line(_ value: Value) -> String {
    var text = "\(value.id)"
    let definition: String
    var implied: String?
    switch value.definition {
    case .input(let name):
      (definition, implied) = ("input \(IRText.quoted(name))", name)
    case .parameter(let parameter):
      definition =
        "parameter \(IRText.quoted(parameter.name)) = \(IRText.initializer(parameter.initializer))"
      implied = parameter.name
    case .state(let name): (definition, implied) = ("state \(IRText.quoted(name))", name)
    case .constant(let tensor): definition = "constant \(elements(tensor))"
    case .result: return text
    }
    if value.name != implied { text += " " + (value.name.map(IRText.word) ?? "_") }
    return text + " = \(definition) : \(value.type)" + suffix(value.origin)
  }

  private func line(_ node: Node, _ graph: Graph) -> String {
    let results = node.results.map { id in
      let name = graph.values.indices.contains(id.index) ? graph[id].name : nil
      return name.map { "\(id) \(IRText.word($0))" } ?? "\(id)"
    }
    let types = node.results.map { id in
      graph.values.indices.contains(id.index) ? "\(graph.type(of: id))" : "?"
    }
    let operands = node.operands.map(\.description).joined(separator: ", ")
    return results.joined(separator: ", ") + (results.isEmpty ? "" : " = ")
      + "\(node.op.name)(\(operands))" + attributes(node.op)
      + (types.isEmpty ? "" : " : ") + types.joined(separator: ", ") + suffix(node.origin)
  }

  private func attributes(_ op: any Op) -> String {
    let known = op.signature.allAttributes
    let shown = op.attributes.pairs.filter { pair in
      known.first { $0.name == pair.name }?.fallback != pair.value
    }
    guard !shown.isEmpty else { return "" }
    let pairs = shown.map { "\($0.name) = \(IRText.attribute($0.value))" }
    return " {\(pairs.joined(separator: ", "))}"
  }

  private func suffix(_ origin: Origin) -> String {
    guard showsOrigins, !origin.sites.isEmpty else { return "" }
    return " @ " + origin.sites.map(IRText.site).joined(separator: " & ")
  }

  private func elements(_ tensor: Tensor) -> String {
    let shown = constantLimit.map { tensor.count > $0 ? min($0, 8) : tensor.count } ?? tensor.count
    var parts = (0..<shown).map { IRText.element(tensor, $0) }
    if shown < tensor.count { parts.append("… \(tensor.count - shown) more") }
    return "[\(parts.joined(separator: ", "))]"
  }
}

extension Graph: CustomStringConvertible {
  /// The graph's text for people: large constants cut short, no origins.
  public var description: String { GraphPrinter().text(of: self) }
}
