import Foundation

/// What is known of this build and its processor.
enum Build {
  /// The version of the compiler.
  static var compiler: String {
    #if compiler(>=6.5)
      "6.5 or later"
    #elseif compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #else
      "6.1"
    #endif
  }

  /// Whether assertions and `-O0` are on.
  static var isDebug: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }

  /// The processor's own name; empty where the system doesn't tell.
  static var processor: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    for line in text.split(separator: "\n") where line.hasPrefix("model name") {
      let value = line.drop { $0 != ":" }.dropFirst()
      return value.split(separator: " ").joined(separator: " ")
    }
    return ""
  }
}
