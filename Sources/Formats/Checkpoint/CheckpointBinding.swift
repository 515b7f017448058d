import Tensors

/// A graph's weights, found in a checkpoint.
public struct CheckpointBinding: Sendable {
  /// The weights, in the order they were asked for, as they are stored: what the graph declares f32
  /// may be f16, bf16, 8-bit integers with scales or blocks here.
  public let weights: [StoredWeight]
  /// The checkpoint's tensors that nobody asked for, sorted: heads, position ids.
  public let extra: [String]

  /// Finds every tensor of `expected`, or throws one error that lists all that is wrong.
  ///
  /// Floating-point types may differ in width, and a matrix of reals may be one of 8-bit integers
  /// with scales beside it; all others must match, and so must the extents.
  public init(_ expected: [ExpectedTensor], in checkpoint: Checkpoint) throws(FormatError) {
    var asked = Set(expected.map { ExactString($0.name) })
    var missing: [ExpectedTensor] = []
    var misshaped: [CheckpointMismatch.Misshaped] = []
    var unscaled: [CheckpointMismatch.Unscaled] = []
    var matrices: [ExactString: Int8Matrix] = [:]
    for tensor in expected {
      guard let entry = checkpoint.entry(named: tensor.name) else {
        missing.append(tensor)
        continue
      }
      if entry.fits(tensor) {
        let scales = Checkpoint.Companion.scales(of: tensor.name)
        // Whoever wrote them meant other numbers than those that the weight holds.
        if checkpoint.entry(named: scales) != nil, !asked.contains(ExactString(scales)) {
          let fault = ScaleFault.surplus(name: scales, foundType: entry.typeName)
          unscaled.append(.init(expected: tensor, fault: fault))
        }
        continue
      }
      do {
        if tensor.dtype.isFloatingPoint, entry.dims == tensor.dims,
          let matrix = try checkpoint.int8Matrix(entry)
        {
          matrices[ExactString(tensor.name)] = matrix
          asked.insert(ExactString(Checkpoint.Companion.scales(of: tensor.name)))
        } else {
          misshaped.append(
            .init(expected: tensor, foundType: entry.typeName, foundDims: entry.dims))
        }
      } catch {
        unscaled.append(.init(expected: tensor, fault: error))
      }
    }
    let extra = checkpoint.names.filter { !asked.contains(ExactString($0)) }
    self.extra = extra
    guard missing.isEmpty, misshaped.isEmpty, unscaled.isEmpty else {
      throw .mismatch(
        path: checkpoint.url.path,
        CheckpointMismatch(
          expectedCount: expected.count,
          missing: CheckpointBinding.withNearest(missing, extra, checkpoint.names),
          misshaped: misshaped, unscaled: unscaled, extra: extra,
          prefix: CheckpointBinding.commonPrefix(missing, checkpoint)))
    }
    weights = try expected.map { tensor throws(FormatError) in
      if let matrix = matrices[ExactString(tensor.name)] { return .int8(matrix) }
      return try checkpoint.weight(named: tensor.name)
    }
  }

  /// The nearest names of the first missing tensors; of more, nobody reads them.
  private static func withNearest(
    _ missing: [ExpectedTensor], _ extra: [String], _ names: [String]
  ) -> [CheckpointMismatch.Missing] {
    missing.enumerated().map { i, tensor in
      let nearest =
        i < 50
        ? nearestName(to: tensor.name, among: extra) ?? nearestName(to: tensor.name, among: names)
        : nil
      return .init(expected: tensor, nearest: nearest)
    }
  }

  /// What stands before every missing name in the checkpoint, such as `bert.`
  private static func commonPrefix(_ missing: [ExpectedTensor], _ checkpoint: Checkpoint)
    -> String?
  {
    guard let first = missing.first else { return nil }
    for name in checkpoint.names where name != first.name && name.hasSuffix("." + first.name) {
      let prefix = String(name.dropLast(first.name.count))
      if missing.allSatisfy({ checkpoint.entry(named: prefix + $0.name) != nil }) { return prefix }
    }
    return nil
  }
}
