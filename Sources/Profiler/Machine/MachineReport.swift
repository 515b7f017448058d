import Compiler
import Executor
import Foundation
import Tensors

/// What a machine can do, measured: what `weft doctor` prints.
///
/// As JSON it has exactly the properties below.
public struct MachineReport: Codable, Hashable, Sendable, JSONReport {
  /// A figure for one thread and for all.
  public struct Peak: Codable, Hashable, Sendable {
    /// With one thread.
    public var oneThread: Double
    /// With all threads.
    public var allThreads: Double

    /// A figure from its parts.
    public init(oneThread: Double, allThreads: Double) {
      self.oneThread = oneThread
      self.allThreads = allThreads
    }
  }

  /// Weft's version.
  public var weft: String
  /// The plugins that registered something, in their order.
  public var plugins: [String]
  /// The processor as it calls itself; empty where it doesn't say.
  public var processor: String
  /// The instruction set of the kernels.
  public var instructionSet: String
  /// All that this machine can run.
  public var availableInstructionSets: [String]
  /// The threads that a run uses.
  public var threads: Int
  /// Where that number comes from: processors, affinity, quota.
  public var threadsExplanation: String
  /// Memory of the machine in bytes.
  public var memoryByteCount: Int
  /// What a control group leaves of it, in bytes; nil where there is no limit.
  public var memoryLimitByteCount: Int?
  /// The addresses that `ulimit -v` lets a process have, in bytes; nil where there is no limit.
  public var addressSpaceByteCount: Int?
  /// f32 multiply-adds in registers, in 10⁹ FLOP/s; a multiply-add counts 2.
  public var gigaflopsPerSecond: Peak
  /// Multiply-adds of bytes in registers, in 10⁹ operations a second; each counts 2.
  public var gigaoperationsPerSecondInt8: Peak
  /// Reading memory that no cache holds, in 10⁹ bytes a second.
  public var gigabytesPerSecond: Peak
  /// Graphviz's version; nil where it can't be used.
  public var graphviz: String?
  /// The compiler that built Weft.
  public var swift: String
  /// The operating system.
  public var system: String
  /// The variables `WEFT_…` of the environment that are set, without `WEFT_API_KEY`.
  public var environment: [String: String]
  /// Whether this is a debug build, whose kernels run at a fraction of their speed.
  public var isDebugBuild: Bool

  /// Measures this machine, in about three seconds and half a gigabyte.
  ///
  /// - Parameters:
  ///   - weft: Weft's version.
  ///   - plugins: what registered.
  ///   - graphviz: the version, where there is one.
  ///   - threads: how many threads to measure with, and why.
  ///   - seconds: how long one measurement goes on; there are some twenty.
  ///   - byteCount: the memory that is read, at most a quarter of what is free.
  /// - Throws: ``InstructionSetError``, where `WEFT_ISA` asks for what there isn't; ``TensorError``.
  public static func measure(
    weft: String, plugins: [String] = [], graphviz: String? = nil,
    threads: ProcessorCount = .available(), seconds: Double = 0.2, byteCount: Int = 512 << 20
  ) throws -> MachineReport {
    let table = try InstructionSet.table()
    let probe = PeakProbe(table: table, seconds: seconds)
    let flops = Peak(
      oneThread: probe.fma(threads: 1), allThreads: probe.fma(threads: threads.count))
    let operations = Peak(
      oneThread: probe.int8(threads: 1), allThreads: probe.int8(threads: threads.count))
    let memory = try ProbeMemory.storage(byteCount: byteCount)
    let bytes = Peak(
      oneThread: probe.read(memory, threads: 1),
      allThreads: probe.read(memory, threads: threads.count))
    return MachineReport(
      weft: weft, plugins: plugins, processor: Build.processor, instructionSet: table.name,
      availableInstructionSets: InstructionSet.available.map(\.rawValue), threads: threads.count,
      threadsExplanation: threads.explanation,
      memoryByteCount: Int(clamping: ProcessInfo.processInfo.physicalMemory),
      memoryLimitByteCount: ControlGroup.memoryLimit(), addressSpaceByteCount: AddressSpace.limit(),
      gigaflopsPerSecond: flops, gigaoperationsPerSecondInt8: operations,
      gigabytesPerSecond: bytes, graphviz: graphviz,
      swift: Build.compiler, system: ProcessInfo.processInfo.operatingSystemVersionString,
      environment: environment(ProcessInfo.processInfo.environment),
      isDebugBuild: Build.isDebug)
  }

  /// What of an environment is Weft's and no secret.
  static func environment(_ all: [String: String]) -> [String: String] {
    all.filter { $0.key.hasPrefix("WEFT_") && $0.key != "WEFT_API_KEY" }
  }

  /// The machine's memory, and what limits it.
  private var memory: String {
    Figures.bytes(memoryByteCount)
      + (memoryLimitByteCount.map { ", \(Figures.bytes($0)) by the cgroup" } ?? "")
      + (addressSpaceByteCount.map { ", \(Figures.bytes($0)) by ulimit -v" } ?? "")
  }

  /// The report for people.
  public var text: String {
    func peak(_ peak: Peak, _ unit: String) -> String {
      "\(Figures.short(peak.oneThread)) \(unit) with one thread,"
        + " \(Figures.short(peak.allThreads)) with \(threads)"
    }
    var lines = [
      ("Weft", weft), ("plugins", plugins.joined(separator: ", ")),
      ("processor", processor.isEmpty ? "unknown" : processor),
      (
        "instruction set",
        "\(instructionSet) of \(availableInstructionSets.joined(separator: ", "))"
      ), ("threads", "\(threads): \(threadsExplanation)"),
      ("memory", memory),
      ("multiply-adds, f32", peak(gigaflopsPerSecond, "GFLOP/s")),
      ("multiply-adds, int8", peak(gigaoperationsPerSecondInt8, "GOP/s")),
      ("reading memory", peak(gigabytesPerSecond, "GB/s")),
      ("Graphviz", graphviz ?? "can't be used: no diagrams but .dot"), ("Swift", swift),
      ("system", system),
    ]
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) { lines.append((name, value)) }
    if isDebugBuild {
      lines.append(("note", "a debug build: its figures are far below those of a release build"))
    }
    let width = lines.map(\.0.count).max() ?? 0
    return lines.map { name, value in
      name + String(repeating: " ", count: width - name.count + 2) + value
    }.joined(separator: "\n")
  }
}
