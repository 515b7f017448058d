/// A form in which a weight may be stored.
enum StoredForm: Hashable, Sendable {
  /// Element after element, of this type.
  case dense(DType)
  /// As 8-bit integers with scales.
  case int8(Int8Matrix.Axis)
  /// In blocks.
  case blocks(BlockFormat)

  /// Bytes of a matrix in this form, about.
  func byteCount(_ dims: [Int]) -> Int {
    if case .blocks(let format) = self {
      return (try? BlockMatrix.byteCount(format, dims)) ?? .max
    }
    let bytes =
      switch self {
      case .dense(let dtype): dtype.byteCount
      case .int8, .blocks: 1
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
    case .blocks(let format):
      for (i, value) in tensor.floats.enumerated() where !(value.magnitude < 65520) {
        throw value.isFinite
          ? QuantizationError.tooLarge(weight: name, index: i, value: value)
          : QuantizationError.notFinite(weight: name, index: i, value: value)
      }
      return .blocks(try BlockMatrix(rounding: tensor, to: format))
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
    default: try format.map { try Self.blockForms($0, in: model) } ?? [:]
    }
  }

  /// Matrices that every reader takes in blocks, in `format` or what stands in for it; the others that
  /// are read in 16 bits, so.
  private static func blockForms(
    _ format: BlockFormat, in model: Model
  ) throws -> [String: StoredForm] {
    var forms = try narrowable(in: model.entries)
    for (parameter, type) in Model.parameters(of: model.definition) {
      guard forms[parameter.name] != nil, let dims = type.shape.values else { continue }
      let fitting = [format, format.standIn].compactMap(\.self).first {
        dims[1].isMultiple(of: $0.elementsPerBlock)
      }
      guard let fitting, try readsBlocks(parameter.name, fitting, dims, in: model.entries) else {
        continue
      }
      forms[parameter.name] = .blocks(fitting)
    }
    return forms
  }

  private static func readsBlocks(
    _ name: String, _ format: BlockFormat, _ dims: [Int], in entries: [Entry]
  ) throws -> Bool {
    // Pages that nobody touches take no memory.
    let matrix = try BlockMatrix(
      format: format, rows: dims[0], columns: dims[1],
      storage: Storage(zeroPages: BlockMatrix.byteCount(format, dims)))
    return try entries.allSatisfy { entry in
      let graph = try entry.compiled().graph
      return graph.parameters.allSatisfy { value, parameter in
        parameter.name != name || readsBlocks(value.id, matrix, in: graph)
      }
    }
  }

  private static func readsBlocks(
    _ value: ValueID, _ matrix: BlockMatrix, in graph: Graph
  ) -> Bool {
    guard !graph.isOutput(value) else { return false }
    return graph.users[value.index].allSatisfy { user in
      let node = graph[user]
      if node.op is any BlocksPreserving, node.operands == [value] {
        return readsBlocks(node.results[0], matrix, in: graph)
      }
      guard let op = node.op as? any KernelProviding else { return false }
      return node.operands.indices.allSatisfy {
        node.operands[$0] != value || op.readsBlocks($0, matrix)
      }
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

extension BlockFormat {
  /// The format of blocks of 32 that stands in for one of blocks of 256, where rows aren't whole ones.
  var standIn: BlockFormat? {
    switch self {
    case .q4_k: .q5_0
    case .q5_k: .q5_1
    case .q6_k: .q8_0
    default: nil
    }
  }
}
