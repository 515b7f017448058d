// stdout is a variable of C's library, which nobody here changes.
#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Darwin)
  @preconcurrency import Darwin
#elseif canImport(Musl)
  @preconcurrency import Musl
#endif

/// What commands print.
enum StandardOutput {
  /// What was printed is lost.
  struct Failure: Error, CustomStringConvertible {
    let reason: String
    var description: String { "standard output can't be written: \(reason)" }
  }

  /// Writes what still waits in the buffer. A write that failed before has left its mark on the stream.
  static func finish() throws(Failure) {
    guard fflush(stdout) == 0, ferror(stdout) == 0 else {
      throw Failure(reason: String(cString: strerror(errno)))
    }
  }
}
