import Foundation
import PackagePlugin

/// Writes down what Weft is built from: a hash of its sources, which a plugin that was built against
/// them carries, so that it is never loaded into another build.
///
/// The file is written here and not by a tool: a tool would be one more program in every build. It changes
/// only when the sources do.
@main
struct BuildIdentity: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let folder = context.pluginWorkDirectoryURL.appending(path: "Generated")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "BuildHash.swift")
    let package = context.package.directoryURL
    let text = """
      /// A hash of the sources that this Weft is built from.
      @_alwaysEmitIntoClient
      public var weftBuildIdentity: StaticString {
        "WEFT-SWIFT-PLUGIN;abi=1;weft=\(try version(package));build=\(try hash(package));compiler=\(compiler);end"
      }

      """
    if (try? String(contentsOf: file, encoding: .utf8)) != text {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    // There is nothing left to run, but a command is what SwiftPM takes.
    return [
      .prebuildCommand(
        displayName: "What Weft is built from", executable: URL(filePath: "/bin/sh"),
        arguments: ["-c", ":"], outputFilesDirectory: folder)
    ]
  }

  /// FNV-1a over 8 bytes at a time, of all names and texts that decide how memory is laid out.
  private func hash(_ package: URL) throws -> String {
    let root = package.appending(path: "Sources")
    let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    let files = (walk?.allObjects as? [URL] ?? []).filter {
      ["swift", "h"].contains($0.pathExtension)
    }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ data: Data) {
      data.withUnsafeBytes { bytes in
        var at = 0
        while at < bytes.count {
          var word: UInt64 = 0
          if at + 8 <= bytes.count {
            word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self).littleEndian
          } else {
            for byte in bytes[at...] { word = word << 8 | UInt64(byte) }
          }
          hash = (hash ^ word) &* 0x100_0000_01B3
          hash ^= hash >> 29
          at += 8
        }
      }
      hash = (hash ^ UInt64(data.count)) &* 0x100_0000_01B3
    }
    for file in files.sorted(by: { $0.path < $1.path }) {
      add(Data(file.path.dropFirst(root.path.count).utf8))
      add(try Data(contentsOf: file))
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Weft's version, as its source says.
  private func version(_ package: URL) throws -> String {
    let file = package.appending(path: "Sources/Weft/Weft.swift")
    let text = try String(contentsOf: file, encoding: .utf8)
    return text.firstMatch(of: /weftVersion = "([^";]+)"/).map { String($0.1) } ?? "?"
  }

  /// The compiler, which this is compiled with, too.
  private var compiler: String {
    #if compiler(>=6.5)
      "6.5"
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
}
