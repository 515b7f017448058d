/// A form in which a weight may be stored.
enum StoredForm: Hashable, Sendable {
  /// Element after element, of this type.
  case dense(DType)
  /// As 8-bit integers with scales.
  case int8(Int8Matrix.Axis)

  /// Bytes of a matrix in this form, about.
  func byteCount(_ dims: [Int]) -> Int {
    let bytes =
      switch self {
      case .dense(let dtype): dtype.byteCount
      case .int8: 1
      }
    return (try? Tensor.byteCount(.bool, dims)).map { $0 * bytes } ?? .max
  }

  /// `tensor` in this form; in its own where that takes no more bytes an element.
  ///
  /// - Throws: ``QuantizationError`` for numbers that the form doesn't hold.
  func stored(_ tensor: Tensor, name: String) throws -> StoredWeight {
    switch self {
    case .int8(let axis):
      return .int8(try Int8Matrix(rounding: tensor, scaled: axis, name: name))
    case .dense(let dtype):
      guard tensor.dtype.byteCount > dtype.byteCount else { return .dense(tensor) }
      for (i, value) in tensor.floats.enumerated() where value.magnitude >= 65520 {
        throw QuantizationError.tooLarge(weight: name, index: i, value: value)
      }
      return .dense(try tensor.converted(to: dtype))
    }
  }
}

extension QuantizationScheme {
  /// The weights that the scheme stores in fewer bits, with their forms.
  func forms(of model: Model) throws -> [String: StoredForm] {
    switch self {
    case .int8Dynamic: try QuantizableWeights.find(in: model.entries).mapValues { .int8($0) }
    case .f16: try Self.narrowable(in: model.entries)
    }
  }

  /// Matrices of reals whose every reader takes them in 16 bits.
  private static func narrowable(in entries: [Entry]) throws -> [String: StoredForm] {
    var forms: [String: StoredForm] = [:]
    var refused: Set<String> = []
    for entry in entries {
      let graph = try entry.compiled().graph
      for (value, parameter) in graph.parameters {
        let isRead =
          value.type.dtype == .f32 && value.type.rank == 2
          && readsStored(value.id, in: graph)
        if isRead { forms[parameter.name] = .dense(.f16) } else { refused.insert(parameter.name) }
      }
    }
    return forms.filter { !refused.contains($0.key) }
  }

  private static func readsStored(_ value: ValueID, in graph: Graph) -> Bool {
    guard !graph.isOutput(value) else { return false }
    return graph.users[value.index].allSatisfy { user in
      let node = graph[user]
      if node.op is any Viewing, node.operands == [value] {
        return readsStored(node.results[0], in: graph)
      }
      guard let op = node.op as? any KernelProviding else { return false }
      return node.operands.indices.allSatisfy { node.operands[$0] != value || op.readsStored($0) }
    }
  }
}
