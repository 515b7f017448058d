/// What Linux control groups, version 2 and 1, leave to this process.
public enum ControlGroup {
  /// The smallest CPU quota of this process's group and those above it, in processors.
  ///
  /// `read` gives a file's text, or nil: tests pass a table.
  static func quota(read: (String) -> String? = SmallFile.text) -> Double? {
    folders(of: "cpu", read).flatMap { folder in
      folder.isUnified ? unified(folder.path, read) : legacy(folder.path, read)
    }.min()
  }

  /// The folders of this process's group and those above it, in which files tell what `controller`
  /// limits.
  static func folders(
    of controller: String, _ read: (String) -> String?
  ) -> [(path: String, isUnified: Bool)] {
    var folders: [(path: String, isUnified: Bool)] = []
    for line in (read("/proc/self/cgroup") ?? "").split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let path = fields[2].split(separator: "/")
      for depth in 0...path.count {
        let group = path.prefix(depth).map { "/" + $0 }.joined()
        if fields[0] == "0" {
          folders.append(("/sys/fs/cgroup\(group)", true))
        } else if fields[1].split(separator: ",").contains(where: { $0 == controller }) {
          folders.append(("/sys/fs/cgroup/\(controller)\(group)", false))
        }
      }
    }
    return folders
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
