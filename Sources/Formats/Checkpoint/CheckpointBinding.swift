import Tensors

/// A graph's weights, found in a checkpoint.
public struct CheckpointBinding: Sendable {
  /// The tensors, in the order they were asked for, as they are stored: a float that the graph
  /// declares f32 may be f16 or bf16 here.
  public let tensors: [Tensor]
  /// The checkpoint's tensors that nobody asked for, sorted: heads, position ids.
  public let extra: [String]

  /// Finds every tensor of `expected`, or throws one error that lists all that is wrong.
  ///
  /// Floating-point types may differ in width; all others must match, and so must the extents.
  public init(_ expected: [ExpectedTensor], in checkpoint: Checkpoint) throws(FormatError) {
    let asked = Set(expected.map { ExactString($0.name) })
    extra = checkpoint.names.filter { !asked.contains(ExactString($0)) }
    var missing: [ExpectedTensor] = []
    var misshaped: [CheckpointMismatch.Misshaped] = []
    for tensor in expected {
      guard let entry = checkpoint.entry(named: tensor.name) else {
        missing.append(tensor)
        continue
      }
      if !CheckpointBinding.fits(entry, tensor) {
        misshaped.append(
          .init(expected: tensor, foundType: entry.typeName, foundDims: entry.dims))
      }
    }
    guard missing.isEmpty, misshaped.isEmpty else {
      throw .mismatch(
        path: checkpoint.url.path,
        CheckpointMismatch(
          expectedCount: expected.count,
          missing: CheckpointBinding.withNearest(missing, extra, checkpoint.names),
          misshaped: misshaped, extra: extra,
          prefix: CheckpointBinding.commonPrefix(missing, checkpoint)))
    }
    tensors = try expected.map { tensor throws(FormatError) in
      try checkpoint.tensor(named: tensor.name)
    }
  }

  private static func fits(_ entry: SafetensorsEntry, _ tensor: ExpectedTensor) -> Bool {
    guard let dtype = entry.dtype, entry.dims == tensor.dims else { return false }
    return dtype == tensor.dtype || (dtype.isFloatingPoint && tensor.dtype.isFloatingPoint)
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
