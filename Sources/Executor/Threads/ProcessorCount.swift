#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// How many threads are worth having, and why.
public struct ProcessorCount: Hashable, Sendable {
  /// The number of threads.
  public var count: Int
  /// For people: "2 processors online, 2 in the affinity mask, no cgroup quota".
  public var explanation: String

  /// What this process may use: the affinity mask, one thread for each core of it, and the CPU
  /// quota of the control groups, rounded down (a thread that spins over the quota gets all of
  /// them stopped), but at least 1.
  public static func available() -> ProcessorCount {
    let online = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    var count = online
    var reasons = ["\(online) processors online"]
    #if os(Linux)
      if let mask = affinity() {
        count = min(count, mask.count)
        reasons.append("\(mask.count) in the affinity mask")
        let cores = Set(mask.map(siblings)).count
        if cores < count {
          count = cores
          reasons.append("\(cores) cores")
        }
      }
      if let quota = ControlGroup.quota() {
        count = min(count, max(1, Int(quota)))
        let hundredths = Int((quota * 100).rounded())
        reasons.append("a cgroup quota of \(hundredths / 100).\(hundredths % 100 / 10) processors")
      } else {
        reasons.append("no cgroup quota")
      }
    #endif
    return ProcessorCount(count: max(1, count), explanation: reasons.joined(separator: ", "))
  }

  #if os(Linux)
    /// The processors that this thread may run on, from a line such as `Cpus_allowed_list: 0-3,8`.
    private static func affinity() -> [Int]? {
      let status = SmallFile.text("/proc/thread-self/status") ?? ""
      let name = "Cpus_allowed_list:"
      guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else {
        return nil
      }
      let processors = ProcessorCount.list(line.dropFirst(name.count))
      return processors.isEmpty ? nil : processors
    }

    /// The processors of one core, as the kernel lists them: the same text for each.
    private static func siblings(of processor: Int) -> String {
      let folder = "/sys/devices/system/cpu/cpu\(processor)/topology"
      return SmallFile.text("\(folder)/thread_siblings_list") ?? "\(processor)"
    }
  #endif

  /// The numbers of a list such as `0-3,8`; what isn't one is left out.
  static func list(_ text: Substring) -> [Int] {
    text.split(separator: ",").flatMap { part -> [Int] in
      let digits = part.filter { $0.isNumber || $0 == "-" }
      let ends = digits.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last, last < 1 << 16 else {
        return []
      }
      return Array(first...last)
    }
  }
}
