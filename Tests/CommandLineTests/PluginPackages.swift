import Foundation
import Testing

/// Packages of plugins in Swift, built once for all tests, in one place: Weft is compiled for them once.
enum PluginPackages {
  /// The examples' folder.
  static let examples = CommandLineTool.root.appending(path: "Examples/PluginsInSwift")

  /// Where packages are built. It stays, so that the next run builds what changed.
  private static let scratch = CommandLineTool.root.appending(path: ".build/plugin-packages")

  /// The folder with the examples' libraries, or why they can't be built.
  static let libraries: Result<URL, BuildError> = {
    do {
      let built = try swift("build", package: examples)
      guard built.status == 0 else { return .failure(BuildError(built)) }
      return .success(scratch.appending(path: "debug"))
    } catch {
      return .failure(BuildError(text: "\(error)"))
    }
  }()

  /// The library of an example: `SquaredRelu`.
  static func library(_ name: String) throws -> String {
    try libraries.get().appending(path: "lib\(name).so").path
  }

  /// Runs `swift VERB` on a package.
  static func swift(
    _ verb: String, package: URL
  ) throws -> CommandLineTool.Result {
    // The versions of the dependencies that this checkout has: nothing is looked for elsewhere.
    let versions = CommandLineTool.root.appending(path: "Package.resolved")
    let own = package.appending(path: "Package.resolved")
    if FileManager.default.fileExists(atPath: versions.path),
      !FileManager.default.fileExists(atPath: own.path)
    {
      try FileManager.default.copyItem(at: versions, to: own)
    }
    return try CommandLineTool.shell(
      "swift \(verb) --scratch-path '\(scratch.path)' 2>&1", in: package, seconds: 1200)
  }

  /// What the compiler said.
  struct BuildError: Error, CustomStringConvertible {
    let description: String

    init(text: String) { description = text }

    init(_ result: CommandLineTool.Result) {
      let lines = result.output.split(separator: "\n")
      description =
        (lines.filter { $0.contains("error:") } + lines.suffix(20)).joined(separator: "\n")
    }
  }
}
