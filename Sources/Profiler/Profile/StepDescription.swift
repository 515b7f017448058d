import IR

/// What is known of a step of a plan before it runs.
public struct StepDescription: Hashable, Sendable {
  /// The op's name.
  public var op: String
  /// What kind of work it is.
  public var category: OpCategory
  /// The kernel's name.
  public var kernel: String
  /// The lines and the layer it comes from.
  public var origin: Origin
  /// FLOPs and bytes.
  public var cost: Cost

  /// A description from its parts.
  public init(
    op: String, category: OpCategory = .other, kernel: String, origin: Origin = Origin(), cost: Cost
  ) {
    self.op = op
    self.category = category
    self.kernel = kernel
    self.origin = origin
    self.cost = cost
  }
}

/// When the steps of one run were computed, in nanoseconds.
public struct RunTiming: Hashable, Sendable {
  /// One step.
  public struct Step: Hashable, Sendable {
    /// From its first tile's begin to its last tile's end.
    public var duration: Int
    /// What the run's threads spent outside the kernel meanwhile, summed up.
    public var wait: Int

    /// A step's times.
    public init(duration: Int, wait: Int) {
      self.duration = duration
      self.wait = wait
    }
  }

  /// From begin to end of the run.
  public var duration: Int
  /// The threads that could take part.
  public var threads: Int
  /// The steps, in the plan's order.
  public var steps: [Step]

  /// A run's times.
  public init(duration: Int, threads: Int, steps: [Step]) {
    self.duration = duration
    self.threads = threads
    self.steps = steps
  }
}
