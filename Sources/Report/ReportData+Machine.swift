import Profiler

extension ReportData {
  /// The machine that the runs were timed on, and what it reaches at most, measured.
  public struct Machine: Codable, Hashable, Sendable {
    /// The processor as it calls itself; empty where it doesn't say.
    public var processor: String
    /// The instruction set of the kernels.
    public var instructionSet: String
    /// The operating system; empty where it isn't told.
    public var system: String
    /// The threads that a run uses.
    public var threads: Int
    /// f32 multiply-adds in registers, in 10⁹ FLOP/s.
    public var gigaflopsPerSecond: Double
    /// Reading memory, in 10⁹ bytes a second; each roof with what it is for.
    public var bandwidths: [Bandwidth]

    /// A roof of memory.
    public struct Bandwidth: Codable, Hashable, Sendable {
      /// What is read.
      public var name: String
      /// 10⁹ bytes a second, all threads together.
      public var gigabytesPerSecond: Double

      /// A roof from its parts.
      public init(name: String, gigabytesPerSecond: Double) {
        self.name = name
        self.gigabytesPerSecond = gigabytesPerSecond
      }
    }

    /// A machine from its parts.
    public init(
      processor: String, instructionSet: String, system: String = "", threads: Int,
      gigaflopsPerSecond: Double, bandwidths: [Bandwidth]
    ) {
      self.processor = processor
      self.instructionSet = instructionSet
      self.system = system
      self.threads = threads
      self.gigaflopsPerSecond = gigaflopsPerSecond
      self.bandwidths = bandwidths
    }

    /// The machine of a report of its own.
    public init(_ report: MachineReport) {
      self.init(
        processor: report.processor, instructionSet: report.instructionSet, system: report.system,
        threads: report.threads, gigaflopsPerSecond: report.gigaflopsPerSecond.allThreads,
        bandwidths: [
          Bandwidth(name: "memory", gigabytesPerSecond: report.gigabytesPerSecond.allThreads)
        ])
    }
  }
}
