import Foundation
import Testing

/// Builds plugins for tests with what the machine has: each into a file of its own, which is gone
/// when the process ends.
enum PluginCompiler {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let folder: URL = {
    let url = FileManager.default.temporaryDirectory.appending(path: "weft-plugins-\(getpid())")
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }()

  /// The program of that name on PATH.
  static func program(_ names: String...) -> URL? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
    for name in names {
      for folder in path.split(separator: ":") {
        let url = URL(filePath: String(folder)).appending(path: name)
        if FileManager.default.isExecutableFile(atPath: url.path) { return url }
      }
    }
    return nil
  }

  /// The library that `source` (below the repository's root) becomes with `flags`.
  static func library(
    _ source: String, _ flags: [String] = [], compiler: URL? = program("clang", "cc"),
    isWhole: Bool = false
  ) throws -> String {
    let compiler = try #require(compiler, "no C compiler on PATH")
    let output = folder.appending(path: "\(UUID().uuidString).so").path
    var arguments = [root.appending(path: source).path, "-o", output]
    if !isWhole {
      arguments += [
        "-O1", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror",
        "-I" + root.appending(path: "Sources/CPlugin/include").path,
      ]
    }
    arguments += flags
    let process = Process()
    process.executableURL = compiler
    process.arguments = arguments
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let text = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(String(decoding: text, as: UTF8.self))")
    return output
  }

  /// The plugin of bad.c with `flags`.
  static func bad(_ flags: String...) throws -> String {
    try bad(flags)
  }

  static func bad(_ flags: [String]) throws -> String {
    try library(
      "Tests/PluginsTests/C/bad.c",
      ["-std=gnu11", "-Wno-unused"] + flags.map { "-D" + $0 })
  }

  /// Those that more than one test loads.
  static let activations = Result {
    try library("Examples/PluginInC/activations.c", ["-std=c11", "-Wpedantic", "-lm"])
  }
}
