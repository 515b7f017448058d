import Foundation
import Testing

/// The built command `weft`, run as a child process.
enum CommandLineTool {
  /// What a command left behind.
  struct Result {
    var status: Int32
    var output: String
    var error: String
  }

  /// The checkout that the tests were built from.
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folder of the built products: the one that the tests run from.
  static let products = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

  /// The folder that Scripts/fetch-minilm fills.
  static let miniLM: URL = {
    let environment = ProcessInfo.processInfo.environment
    let cache =
      environment["XDG_CACHE_HOME"].map { URL(filePath: $0) }
      ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
    return cache.appending(path: "weft/models/all-MiniLM-L6-v2")
  }()

  /// Fails, with what to do, where the model isn't there.
  static func requireMiniLM() throws {
    let file = miniLM.appending(path: "model.safetensors")
    let isThere = FileManager.default.fileExists(atPath: file.path)
    try #require(isThere, "\(file.path) isn't there: run Scripts/fetch-minilm")
  }

  /// Runs a shell command with `weft` on its path in a folder that has the shipped files; ends it
  /// after `seconds`.
  static func shell(_ command: String, seconds: Double = 120) throws -> Result {
    let folder = try scratchFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    // Examples are built where they stand: in a copy, with the header that theirs names.
    let isBuilding = command.contains("Examples/")
    for name in ["Graphs", "Docs"] + (isBuilding ? ["Sources"] : []) {
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: name), withDestinationURL: root.appending(path: name))
    }
    if isBuilding {
      try FileManager.default.copyItem(
        at: root.appending(path: "Examples"), to: folder.appending(path: "Examples"))
    }
    return try shell(command, in: folder, seconds: seconds)
  }

  /// Runs a shell command with `weft` on its path in `folder`; ends it after `seconds`.
  static func shell(
    _ command: String, in folder: URL, seconds: Double = 120
  ) throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = products.path + ":" + (environment["PATH"] ?? "")
    environment["MINILM"] = miniLM.path
    process.environment = environment
    // Files, not pipes: a child that prints much would wait for a reader.
    let streams = try scratchFolder()
    defer { try? FileManager.default.removeItem(at: streams) }
    let (output, error) = (streams.appending(path: "out"), streams.appending(path: "err"))
    for file in [output, error] { try Data().write(to: file) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: error)
    try process.run()
    let end = Date(timeIntervalSinceNow: seconds)
    while process.isRunning, Date() < end { usleep(5_000) }
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: try text(output), error: try text(error))
  }

  /// A new empty folder.
  static func scratchFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  private static func text(_ file: URL) throws -> String {
    String(decoding: try Data(contentsOf: file), as: UTF8.self)
  }
}
