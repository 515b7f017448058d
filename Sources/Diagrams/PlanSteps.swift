import IR

/// The steps of a plan, as a picture of its graph shows them.
public struct PlanSteps: Sendable {
  /// One step.
  public struct Step: Sendable {
    /// The position in the plan, from 0.
    public var position: Int
    /// The kernel.
    public var kernel: String
    /// Floating-point operations of one run.
    public var flops: Int
    /// Bytes that are read and written.
    public var bytes: Int
    /// The ops of the graph as it was declared that the step computes.
    public var parts: [String]

    /// A step from its parts.
    public init(position: Int, kernel: String, flops: Int, bytes: Int, parts: [String] = []) {
      self.position = position
      self.kernel = kernel
      self.flops = flops
      self.bytes = bytes
      self.parts = parts
    }

    /// `linear + gelu`, or nothing where the step is one op; runs of one name are counted.
    var recipe: String {
      guard parts.count > 1 else { return "" }
      var runs: [(name: String, count: Int)] = []
      for part in parts {
        if runs.last?.name == part {
          runs[runs.count - 1].count += 1
        } else {
          runs.append((part, 1))
        }
      }
      return runs.map { $0.count > 1 ? "\($0.count) \($0.name)" : $0.name }
        .joined(separator: " + ")
    }
  }

  /// The step that computes a node; a node without one is a view, or known before the run.
  public var nodes: [NodeID: Step]
  /// The steps that copy an output, by its name.
  public var copies: [String: Step]

  /// Steps by their nodes.
  public init(nodes: [NodeID: Step], copies: [String: Step] = [:]) {
    self.nodes = nodes
    self.copies = copies
  }
}
