extension ControlGroup {
  /// The smallest memory limit of this process's group and those above it, in bytes; nil where
  /// there is none. A process that takes more is ended.
  public static func memoryLimit() -> Int? { memoryLimit(read: SmallFile.text) }

  /// `read` gives a file's text, or nil: tests pass a table.
  static func memoryLimit(read: (String) -> String?) -> Int? {
    folders(of: "memory", read).compactMap { folder in
      let file = folder.isUnified ? "memory.max" : "memory.limit_in_bytes"
      let line = read("\(folder.path)/\(file)")?.split(separator: "\n").first
      // Version 2 says "max" where there is no limit; version 1 nearly 2⁶³.
      return line.flatMap { Int($0) }
    }.filter { (1..<1 << 60).contains($0) }.min()
  }
}
