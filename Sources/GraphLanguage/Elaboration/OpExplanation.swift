import IR
import Tensors

extension Elaborator {
  /// Reports why an op refuses its operands, in the user's words.
  func explain(
    _ error: OpError, label: String, _ uses: [OperandUse], _ op: (any Op)?, _ span: Span
  ) -> ElaborationFailure {
    let explanation = OpExplanation(error, label, uses, op, self)
    return fail(
      span, Message(explanation.sentence, help: explanation.help), notes: explanation.notes)
  }
}

/// What is wrong with one application of an op.
private struct OpExplanation {
  let error: OpError
  let label: String
  let uses: [OperandUse]
  let op: (any Op)?
  let elaborator: Elaborator

  init(
    _ error: OpError, _ label: String, _ uses: [OperandUse], _ op: (any Op)?,
    _ elaborator: Elaborator
  ) {
    (self.error, self.label, self.uses) = (error, label, uses)
    (self.op, self.elaborator) = (op, elaborator)
  }

  private var types: [TensorType] { uses.map { elaborator.type($0.id) } }

  /// `'matmul' needs …: x is f32[4, 384], weight is f32[512, 1536]`.
  var sentence: String {
    let name = "'\(label)'"
    switch error {
    case .operandCount(let expected, let found): return "\(name) needs \(expected), found \(found)"
    case .rank(let operand, let expected):
      return "\(name) needs \(called(operand)) of rank \(expected)\(list([operand]))"
    case .dtype(let operand, let expected):
      let types = expected.map(\.rawValue)
      let choice =
        types.count > 1
        ? types.dropLast().joined(separator: ", ") + " or " + types[types.count - 1]
        : types.joined()
      return "\(name) needs \(called(operand)) of type \(choice)\(list([operand]))"
    case .dtypesDiffer(let a, let b):
      return "\(name) needs operands of one element type\(list([a, b]))"
    case .extents(let rule, let a, let b):
      return "\(name) needs \(rule)\(list([a.operand, b.operand]))"
    case .broadcast(let a, let b): return "\(name) needs shapes that broadcast\(list([a, b]))"
    case .shape(let operand, let rule): return "\(name) needs \(rule)\(list([operand]))"
    case .missingAttribute(let attribute): return "\(name) needs '\(attribute)'"
    case .unknownAttribute(let attribute): return "\(name) has no attribute '\(attribute)'"
    case .wrongAttribute(let attribute, let expected, let found):
      return "'\(attribute)' of \(name) must be \(expected), found \(found)"
    case .attributeRange(let attribute, let rule):
      return "'\(attribute)' of \(name) doesn't fit: \(rule)"
        + list(Array(uses.indices.prefix(1))).replacingColon
    case .dim(let error): return "\(name): \(error)" + list(Array(uses.indices))
    case .refused(let operand, let reason):
      return "\(name) \(reason)" + (operand.map { list([$0]) } ?? "")
    }
  }

  /// An operand's name in the signature, where that says more than the expression.
  private func called(_ operand: Int) -> String {
    uses.indices.contains(operand) && uses.count > 1 && BinaryOperator(rawValue: label) == nil
      ? "'\(uses[operand].name)'" : "an operand"
  }

  private func list(_ operands: [Int]) -> String {
    var parts: [String] = []
    for operand in operands where uses.indices.contains(operand) {
      let part = "\(uses[operand].text) is \(types[operand])"
      if !parts.contains(part) { parts.append(part) }
    }
    return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
  }

  /// Where the extents that clash come from.
  var notes: [String] {
    switch error {
    case .extents(_, let a, let b): return elaborator.notes(extent(a), extent(b))
    case .broadcast(let a, let b):
      guard let (i, j) = clash(a, b) else { return [] }
      return elaborator.notes(extent(.init(a, i)), extent(.init(b, j)))
    default: return []
    }
  }

  private func extent(_ axis: OpError.Axis) -> (Dim, Provenance?)? {
    guard uses.indices.contains(axis.operand) else { return nil }
    let type = types[axis.operand]
    let i = axis.axis < 0 ? axis.axis + type.rank : axis.axis
    guard type.shape.dims.indices.contains(i) else { return nil }
    return (type.shape.dims[i], elaborator.source(uses[axis.operand].id, i))
  }

  /// The last axes that don't broadcast, counted from the last.
  private func clash(_ a: Int, _ b: Int) -> (Int, Int)? {
    guard uses.indices.contains(a), uses.indices.contains(b) else { return nil }
    let (x, y) = (types[a].shape, types[b].shape)
    for i in 1..<(min(x.rank, y.rank) + 1) {
      let (p, q) = (x.dims[x.rank - i], y.dims[y.rank - i])
      if p != q, p != 1, q != 1 { return (-i, -i) }
    }
    return nil
  }

  // MARK: Help

  /// A change of one operand that the op would take.
  var help: String? {
    switch error {
    case .dtypesDiffer(let a, let b):
      guard uses.indices.contains(a), uses.indices.contains(b) else { return nil }
      return "cast(\(uses[b].text), \(types[a].dtype)) converts it"
    case .dtype(let operand, let expected):
      guard uses.indices.contains(operand), let first = expected.first else { return nil }
      if types[operand].dtype == .bool, first.isFloatingPoint {
        return "cast(\(uses[operand].text), \(first)) gives 1 for true and 0 for false"
      }
      return "cast(\(uses[operand].text), \(first)) converts it"
    case .extents, .broadcast, .shape, .rank: return transposed ?? swapped ?? stretched
    case .missingAttribute(let name): return "write \(name): …"
    case .attributeRange(let name, _): return adjusted(name)
    default: return nil
    }
  }

  private func accepts(_ types: [TensorType]) -> Bool {
    guard let op else { return false }
    return (try? op.resultTypes(types)) != nil
  }

  private var transposed: String? {
    for i in uses.indices.reversed() where types[i].rank >= 2 {
      var changed = types
      changed[i].shape.dims.swapAt(types[i].rank - 1, types[i].rank - 2)
      if changed[i] != types[i], accepts(changed) {
        return "transpose(\(uses[i].text)) would be \(changed[i])"
      }
    }
    return nil
  }

  /// Extents that an attribute could have, one of them changed.
  private func adjusted(_ name: String) -> String? {
    guard let op, case .dims(let dims)? = op.attributes[name], let type = types.first,
      let count = try? type.shape.elementCount()
    else { return nil }
    for i in dims.indices.reversed() {
      var others = dims
      others.remove(at: i)
      guard let rest = try? Shape(others).elementCount(),
        let needed = try? count.divided(exactlyBy: rest), needed.value.map({ $0 > 0 }) ?? true
      else { continue }
      var changed = dims
      changed[i] = needed
      var attributes = op.attributes
      attributes[name] = .dims(changed)
      if let other = try? Swift.type(of: op).init(attributes),
        (try? other.resultTypes(types)) != nil
      {
        return "\(Shape(changed)) would fit"
      }
    }
    return nil
  }

  private var swapped: String? {
    guard uses.count == 2, types[0] != types[1], accepts(types.reversed()) else { return nil }
    return "\(label)(\(uses[1].text), \(uses[0].text)) would fit"
  }

  /// An operand with an axis of extent 1 put in.
  private var stretched: String? {
    let rank = types.map(\.rank).max() ?? 0
    for i in uses.indices.reversed() where types[i].rank < min(rank, 8) {
      for axis in (0...types[i].rank).reversed() {
        var changed = types
        changed[i].shape.dims.insert(1, at: axis)
        if accepts(changed) {
          return
            "reshape(\(uses[i].text), \(changed[i].shape)) would fit"
        }
      }
    }
    return nil
  }
}

extension String {
  /// `; x is …` instead of `: x is …`.
  fileprivate var replacingColon: String { isEmpty ? "" : ";" + dropFirst() }
}
