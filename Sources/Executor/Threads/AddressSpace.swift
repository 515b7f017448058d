#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// The addresses that `ulimit -v` lets this process have.
public enum AddressSpace {
  /// The limit in bytes; nil where there is none.
  public static func limit() -> Int? {
    var limit = rlimit()
    #if canImport(Glibc)
      let code = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    #else
      let code = getrlimit(RLIMIT_AS, &limit)
    #endif
    guard code == 0, limit.rlim_cur < UInt64(Int.max) else { return nil }
    return Int(limit.rlim_cur)
  }

  /// What the limit leaves, with what this process has by now taken off; nil where there is no limit.
  public static func left() -> Int? {
    limit().map { left(of: $0, statm: SmallFile.text("/proc/self/statm")) }
  }

  /// `statm` is the text of `/proc/self/statm`, whose first number is the pages that the process has.
  static func left(of limit: Int, statm: String?) -> Int {
    let pages = statm?.split(separator: " ").first.flatMap { Int($0) } ?? 0
    return max(0, limit - pages * Int(sysconf(Int32(_SC_PAGESIZE))))
  }
}
