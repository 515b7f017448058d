extension GraphDifference {
  /// The differences in words; what is the same in every layer of a stack is said once.
  public var text: String {
    if isEqual { return "no difference" }
    var lines = [totals]
    add("configs", configs, to: &lines)
    add("inputs", inputs, to: &lines)
    add("outputs", outputs, to: &lines)
    add("layers", layers.filter { !isBelow($0.name, of: $0) }, to: &lines)
    add("weights", parameters.filter { !isBelow($0.name, of: $0) }, to: &lines)
    add("ops", ops, to: &lines)
    // What only moves with a layer's extents was said above.
    add("inside layers", bodies.map(shortened), to: &lines)
    return lines.joined(separator: "\n")
  }

  private var totals: String {
    func pair(_ name: String, _ a: Int, _ b: Int, _ unit: String = "") -> String? {
      func text(_ value: Int) -> String {
        unit.isEmpty ? value.grouped : Diagram.amount(Double(value), unit: unit)
      }
      return a == b ? nil : "\(name) \(text(a)) → \(text(b))"
    }
    let parts = [
      pair("parameters", first.parameters, second.parameters),
      pair("bytes of weights", first.parameterBytes, second.parameterBytes, "B"),
      pair("ops", first.ops, second.ops), pair("layers", first.layers, second.layers),
      first.flops.flatMap { a in second.flops.flatMap { pair("FLOPs", a, $0, "FLOP") } },
    ].compactMap { $0 }
    return "entry \(entry): "
      + (parts.isEmpty ? "the totals are the same" : parts.joined(separator: ", "))
  }

  /// Whether the name lies below a layer that was said to have gone or come in the same way.
  private func isBelow(_ name: String, of change: Change) -> Bool {
    guard change.first == nil || change.second == nil else { return false }
    return layers.contains {
      name.hasPrefix($0.name + ".") && ($0.first == nil) == (change.first == nil)
        && ($0.second == nil) == (change.second == nil)
    }
  }

  /// A body with only its first op that differs, and of that the attributes that do.
  private func shortened(_ change: Change) -> Change {
    guard let a = change.first, let b = change.second else { return change }
    let (first, second) = (Self.ops(a), Self.ops(b))
    var change = change
    if change.name.isEmpty { change.name = "(the model itself)" }
    let at =
      zip(first, second).enumerated().first { $0.element.0 != $0.element.1 }?.offset
      ?? min(first.count, second.count)
    change.first = at < first.count ? first[at] : "\(first.count) ops"
    change.second = at < second.count ? second[at] : "\(second.count) ops"
    guard at < first.count, at < second.count else { return change }
    let (old, new) = (Self.parts(first[at]), Self.parts(second[at]))
    guard old.name == new.name else { return change }
    let differ = zip(old.attributes, new.attributes).filter { $0.0 != $0.1 }
    change.first = "\(old.name)(\(differ.map(\.0).joined(separator: ", ")))"
    change.second = "\(new.name)(\(differ.map(\.1).joined(separator: ", ")))"
    return change
  }

  /// An op's name and attributes.
  private static func parts(_ op: String) -> (name: String, attributes: [String]) {
    guard let open = op.firstIndex(of: "("), op.hasSuffix(")") else { return (op, []) }
    let inside = op[op.index(after: open)...].dropLast()
    return (String(op[..<open]), inside.split(separator: ", ").map(String.init))
  }

  /// The ops of a body: split at spaces outside parentheses.
  private static func ops(_ body: String) -> [String] {
    var ops: [String] = [""]
    var level = 0
    for character in body {
      if character == "(" { level += 1 }
      if character == ")" { level -= 1 }
      if character == " ", level == 0 {
        ops.append("")
      } else {
        ops[ops.count - 1].append(character)
      }
    }
    return ops
  }

  private func add(_ title: String, _ changes: [Change], to lines: inout [String]) {
    guard !changes.isEmpty else { return }
    lines.append("\(title):")
    // Changes that are the same but for indexes, in the order of the first of them.
    var order: [Change] = []
    var names: [Change: [String]] = [:]
    for change in changes {
      var key = change
      key.name = Self.pattern(change.name)
      if names[key] == nil { order.append(key) }
      names[key, default: []].append(change.name)
    }
    for key in order {
      let all = names[key, default: []]
      let name = all.count == 1 ? all[0] : "\(key.name), \(all.count) of them"
      switch (key.first, key.second) {
      case (let a?, let b?): lines.append("  ~ \(name): \(a) → \(b)")
      case (let a?, nil): lines.append("  - \(name): \(a)")
      case (nil, let b?): lines.append("  + \(name): \(b)")
      case (nil, nil): break
      }
    }
  }

  /// `encoder.layer.3.attention` as `encoder.layer.*.attention`.
  private static func pattern(_ name: String) -> String {
    name.split(separator: ".", omittingEmptySubsequences: false)
      .map { !$0.isEmpty && $0.allSatisfy(\.isNumber) ? "*" : String($0) }.joined(separator: ".")
  }
}
