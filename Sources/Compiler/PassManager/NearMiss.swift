import IR

/// Why something was nearly rewritten and wasn't, as data.
///
///     sole-use failed for h3: used by add (minilm.weft:41) and output "h3"
public struct NearMiss: Hashable, Sendable {
  /// What has to hold for a rewrite, and didn't.
  public enum Predicate: String, Hashable, Sendable, CaseIterable, Codable {
    /// Nobody else uses a value that would vanish.
    case soleUse = "sole-use"
    /// Operands have one shape; none is stretched.
    case sameShape = "same-shape"
    /// An operand has a certain number of axes.
    case rank
    /// Something is done along a certain axis.
    case axis
    /// Operands stand in a certain order.
    case operandOrder = "operand-order"
    /// Nothing stands between two ops.
    case adjacent
    /// An op is one of those that the rewrite knows.
    case knownOp = "known-op"
    /// Nothing that is done to a product comes before what would be fused into it.
    case freeEpilogue = "free-epilogue"
    /// An operand is a number.
    case number
    /// An operand is known before a run.
    case knownBeforeRun = "known-before-run"
    /// Nodes say the same of themselves: a bias, an order of axes.
    case sameAttributes = "same-attributes"
    /// Elements have the same type before and after.
    case elementType = "element-type"
    /// A size stays under a limit.
    case limit
    /// Data has a result.
    case defined
  }

  /// Somebody who uses a value.
  public struct Use: Hashable, Sendable {
    /// The op, or `output "name"`.
    public var user: String
    /// Its line.
    public var location: SourceLocation?

    /// A use from its parts.
    public init(_ user: String, _ location: SourceLocation?) {
      self.user = user
      self.location = location
    }
  }

  /// What didn't hold.
  public var predicate: Predicate
  /// What people call the value that it didn't hold for.
  public var value: String?
  /// The line where it didn't hold: that of the remark where it is nil.
  public var location: SourceLocation?
  /// Who uses the value, where that is what stands in the way.
  public var uses: [Use]
  /// What to change in the graph file; nil where there is nothing to be had.
  public var hint: String?

  /// A near miss from its parts.
  public init(
    _ predicate: Predicate, value: String? = nil, at location: SourceLocation? = nil,
    uses: [Use] = [], hint: String? = nil
  ) {
    self.predicate = predicate
    self.value = value
    self.location = location
    self.uses = uses
    self.hint = hint
  }
}

extension NearMiss.Use: CustomStringConvertible {
  /// `add at minilm.weft:41:7`.
  public var description: String { user + (location.map { " at \($0)" } ?? "") }
}
