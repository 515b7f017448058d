/// When one step of a run was computed, and by whom. Times in nanoseconds since the run's start.
public struct StepTiming: Hashable, Sendable {
  /// What one worker did of a step.
  public struct Share: Hashable, Sendable {
    /// The worker; 0 is the thread that called.
    public var worker: Int
    /// When it began its first tile.
    public var start: Int
    /// When it ended its last.
    public var end: Int
    /// How long it was inside the kernel.
    public var busy: Int
    /// How many tiles it computed.
    public var tiles: Int
  }

  /// The step's position in the plan.
  public var step: Int
  /// The step's label in the plan.
  public var label: Int
  /// When the first tile was begun.
  public var start: Int
  /// When the last tile was done.
  public var end: Int
  /// The workers that took part.
  public var shares: [Share]
  /// How long the run's workers were not inside the kernel while the step went on: waiting for
  /// others, or not awake.
  public var wait: Int

  /// From the first tile's begin to the last tile's end.
  public var duration: Int { end - start }

  /// What all workers spent inside the kernel.
  public var cpuTime: Int { shares.reduce(0) { $0 + $1.busy } }
}
