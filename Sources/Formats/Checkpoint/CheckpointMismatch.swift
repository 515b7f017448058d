import Tensors

/// How a checkpoint's tensors differ from those that a graph needs.
public struct CheckpointMismatch: Sendable, Hashable, CustomStringConvertible {
  /// A tensor that isn't there.
  public struct Missing: Sendable, Hashable {
    /// What is needed.
    public let expected: ExpectedTensor
    /// The name in the checkpoint that is most like it.
    public let nearest: String?
  }

  /// A tensor of another type or shape.
  public struct Misshaped: Sendable, Hashable {
    /// What is needed.
    public let expected: ExpectedTensor
    /// The element type in the file: `F32`.
    public let foundType: String
    /// The extents in the file.
    public let foundDims: [Int]
  }

  /// A tensor whose scales aren't what makes reals of 8-bit integers.
  public struct Unscaled: Sendable, Hashable {
    /// What is needed.
    public let expected: ExpectedTensor
    /// What is wrong with the scales.
    public let fault: ScaleFault
  }

  /// How many tensors are needed in all.
  public let expectedCount: Int
  /// The tensors that aren't there.
  public let missing: [Missing]
  /// The tensors of another type or shape.
  public let misshaped: [Misshaped]
  /// The tensors whose scales are wrong.
  public let unscaled: [Unscaled]
  /// The tensors that nobody asked for.
  public let extra: [String]
  /// What all missing names would be found with in front of them.
  public let prefix: String?

  /// How many of each kind the message lists.
  private static let listed = 20

  /// The message: a line for the counts, then one for each tensor.
  public var description: String {
    let bad = missing.count + misshaped.count + unscaled.count
    var lines = [
      "\(bad) of \(expectedCount) weights aren't in the checkpoint as the graph needs them"
    ]
    lines += CheckpointMismatch.list(missing) { item in
      "missing: \(item.expected)"
        + (item.nearest.map { "; the nearest name is \($0.quotedForMessage)" } ?? "")
    }
    lines += CheckpointMismatch.list(misshaped) { item in
      let isTransposed =
        item.foundDims.count > 1 && item.foundDims == item.expected.dims.reversed()
      return "wrong type: expected \(item.expected), found "
        + "\(item.foundType.lowercased())\(item.foundDims)"
        + (isTransposed ? ", which is its transpose" : "")
    }
    lines += CheckpointMismatch.list(unscaled) { item in
      "wrong scales: \(item.expected): \(item.fault)"
    }
    if !extra.isEmpty {
      let shown = extra.prefix(CheckpointMismatch.listed).map(\.quotedForMessage)
      lines.append(
        "not used: " + shown.joined(separator: ", ")
          + (extra.count > shown.count ? " and \(extra.count - shown.count) more" : ""))
    }
    if let prefix {
      lines.append(
        "help: every missing name is there with \(prefix.quotedForMessage) in front")
    }
    return lines.joined(separator: "\n  ")
  }

  private static func list<T>(_ items: [T], _ text: (T) -> String) -> [String] {
    items.prefix(listed).map(text)
      + (items.count > listed ? ["and \(items.count - listed) more"] : [])
  }
}

/// A tensor that a graph needs.
public struct ExpectedTensor: Sendable, Hashable, CustomStringConvertible {
  /// The name in the checkpoint.
  public let name: String
  /// The element type that the graph computes with.
  public let dtype: DType
  /// The extents, outermost first.
  public let dims: [Int]

  /// A needed tensor from its parts.
  public init(name: String, dtype: DType, dims: [Int]) {
    self.name = name
    self.dtype = dtype
    self.dims = dims
  }

  /// `name f32[2, 3]`
  public var description: String { "\(name) \(dtype)\(dims)" }
}
