import IR
import Tensors

/// What an op's box says of its weights and attributes.
enum Weights {
  private static let mostLines = 6

  /// A line for each weight or constant that the node takes, directly or moved about.
  static func lines(of node: Node, in outline: Outline) -> [String] {
    let graph = outline.graph
    var lines: [String] = []
    let formals = node.op.signature.operands
    let isPlain = formals.count == node.operands.count && formals.allSatisfy(\.isRequired)
    for (position, operand) in node.operands.enumerated() {
      var value = operand
      var moves: [String] = []
      var leaves = [value]
      while case .result(let producer, _) = graph[value].definition,
        outline.isFolded[producer.index]
      {
        let mover = graph.nodes[producer.index]
        moves.insert(mover.op.name, at: 0)
        leaves = mover.operands
        value = mover.operands[0]
      }
      let suffix = moves.isEmpty ? "" : ", " + moves.joined(separator: ", ")
      for leaf in leaves {
        switch graph[leaf].definition {
        case .parameter(let parameter):
          let shape = Numbers.shape(graph.type(of: leaf))
          lines.append("\(shortened(parameter.name, in: node)) \(shape)\(suffix)")
        case .constant(let tensor):
          lines.append((isPlain ? "\(formals[position].name) = " : "") + describe(tensor) + suffix)
        case .state(let name):
          let shape = Numbers.shape(graph.type(of: leaf))
          lines.append("state \(shortened(name, in: node)) \(shape)\(suffix)")
        case .input, .result: break
        }
      }
    }
    lines = joined(lines)
    if lines.count > mostLines {
      lines = lines.prefix(mostLines - 1) + ["… \(lines.count - mostLines + 1) more"]
    }
    return lines
  }

  /// Short lines one after the other.
  private static func joined(_ lines: [String]) -> [String] {
    var result: [String] = []
    for line in lines {
      if let last = result.last, last.count + line.count < 26 {
        result[result.count - 1] = last + " · " + line
      } else {
        result.append(line)
      }
    }
    return result
  }

  /// A weight's name below the layer of its node, or its last two parts.
  private static func shortened(_ name: String, in node: Node) -> String {
    let path = node.origin.path.description
    if !path.isEmpty, name.hasPrefix(path + ".") { return String(name.dropFirst(path.count + 1)) }
    return name.split(separator: ".").suffix(2).joined(separator: ".")
  }

  private static func describe(_ tensor: Tensor) -> String {
    guard tensor.count == 1 else { return "constant \(Numbers.shape(tensor.type))" }
    guard tensor.dtype.isFloatingPoint else { return "\(tensor.integer(at: 0))" }
    return Numbers.real(tensor.double(at: 0))
  }

  /// Attributes that aren't at their default, if short; presence of operands isn't one.
  static func attributes(of op: any Op) -> [String] {
    let signature = op.signature
    let texts = op.attributes.pairs.compactMap { pair -> String? in
      guard let known = signature.attributes.first(where: { $0.name == pair.name }),
        known.fallback != pair.value
      else { return nil }
      let text =
        switch pair.value {
        case .double(let value): Numbers.real(value)
        case .string(let word): word
        default: pair.value.description
        }
      return text.count > 28 ? nil : "\(pair.name) \(text)"
    }
    return texts.isEmpty ? [] : [texts.joined(separator: ", ")]
  }

  /// Elements of the weights among `values`, saturating.
  static func elementCount(of values: some Sequence<ValueID>, in graph: Graph) -> Int {
    values.reduce(0) { sum, value in
      guard case .parameter = graph[value].definition else { return sum }
      let count = (try? graph.type(of: value).shape.elementCount().value) ?? nil
      let (total, overflow) = sum.addingReportingOverflow(count ?? 0)
      return overflow ? .max : total
    }
  }

  /// Bytes of the weights of a graph, saturating.
  static func byteCount(of graph: Graph) -> Int {
    Cost.byteCount(graph.parameters.map(\.value.type))
  }
}

extension OpSignature.Operand {
  fileprivate var isRequired: Bool { if case .required = presence { true } else { false } }
}
