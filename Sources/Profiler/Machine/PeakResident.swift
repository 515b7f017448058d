import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What this process has resident.
public enum PeakResident {
  /// Bytes now; nil where the system doesn't tell.
  public static var currentByteCount: Int? {
    let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    return text.flatMap { byteCount(of: "VmRSS", inStatus: $0) }
  }

  /// The most bytes so far; nil where the system doesn't tell.
  public static var byteCount: Int? {
    #if os(Linux)
      // Not getrusage: what it gives began with the process that this one was forked from.
      let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      return text.flatMap { byteCount(of: "VmHWM", inStatus: $0) }
    #else
      var usage = rusage()
      return getrusage(RUSAGE_SELF, &usage) == 0 ? Int(usage.ru_maxrss) : nil
    #endif
  }

  /// The bytes of the line `VmHWM:  12345 kB` of a process's status.
  static func byteCount(of name: String = "VmHWM", inStatus text: String) -> Int? {
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    guard let words = line?.split(whereSeparator: \.isWhitespace), words.count == 3,
      words[2] == "kB", let kibibytes = Int(words[1]), (0..<(1 << 50)).contains(kibibytes)
    else { return nil }
    return kibibytes * 1024
  }
}
