/// The CPU quota of Linux control groups, version 2 and 1.
enum ControlGroup {
  /// The smallest quota of this process's group and those above it, in processors.
  ///
  /// `read` gives a file's text, or nil: tests pass a table.
  static func quota(read: (String) -> String? = SmallFile.text) -> Double? {
    var quotas: [Double] = []
    for line in (read("/proc/self/cgroup") ?? "").split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let path = fields[2].split(separator: "/")
      let controllers = fields[1].split(separator: ",")
      for depth in 0...path.count {
        let group = path.prefix(depth).map { "/" + $0 }.joined()
        if fields[0] == "0" {
          quotas += unified("/sys/fs/cgroup\(group)", read)
        } else if controllers.contains("cpu") {
          quotas += legacy("/sys/fs/cgroup/cpu\(group)", read)
        }
      }
    }
    return quotas.min()
  }

  /// Version 2: `cpu.max` holds `quota period`, or `max period`.
  private static func unified(_ folder: String, _ read: (String) -> String?) -> [Double] {
    let words = (read("\(folder)/cpu.max") ?? "").split { $0 == " " || $0 == "\n" }
    guard words.count == 2 else { return [] }
    return ratio(words[0], words[1])
  }

  /// Version 1: two files, the quota -1 where there is none.
  private static func legacy(_ folder: String, _ read: (String) -> String?) -> [Double] {
    let quota = read("\(folder)/cpu.cfs_quota_us")?.split(separator: "\n").first
    let period = read("\(folder)/cpu.cfs_period_us")?.split(separator: "\n").first
    guard let quota, let period else { return [] }
    return ratio(quota, period)
  }

  private static func ratio(_ quota: Substring, _ period: Substring) -> [Double] {
    guard let quota = Double(quota), let period = Double(period), quota > 0, period > 0 else {
      return []
    }
    return [quota / period]
  }
}
