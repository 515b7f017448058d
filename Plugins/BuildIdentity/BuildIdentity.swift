import Foundation
import PackagePlugin

/// Writes down what Weft is built from: a hash of its sources, which a plugin that was built against
/// them carries, so that it is never loaded into another build.
///
/// The work is a shell's and not a tool's: a tool would be one more program in every build. It is a command
/// with all sources as its inputs, because a plugin like this one runs only when a build is planned anew.
@main
struct BuildIdentity: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let sources = context.package.directoryURL.appending(path: "Sources")
    let output = context.pluginWorkDirectoryURL.appending(path: "Exported.swift")
    return [
      .buildCommand(
        displayName: "Writing down what Weft is built from", executable: URL(filePath: "/bin/sh"),
        arguments: ["-c", script, "sh", sources.path, output.path, compiler],
        inputFiles: hashed(in: sources), outputFiles: [output])
    ]
  }

  /// The files that decide how memory is laid out: names and texts are hashed.
  private func hashed(in folder: URL) -> [URL] {
    let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (walk?.allObjects as? [URL] ?? []).filter {
      ["swift", "h"].contains($0.pathExtension)
    }
  }

  private let script = #"""
    set -e
    cd "$1"
    if command -v sha256sum >/dev/null; then sum=sha256sum; else sum="shasum -a 256"; fi
    build=$(find . -name "*.swift" -o -name "*.h" | LC_ALL=C sort | xargs $sum | $sum | cut -c 1-16)
    weft=$(sed -n 's/^public let weftVersion = "\([^";]*\)".*/\1/p' Weft/Weft.swift)
    identity="WEFT-SWIFT-PLUGIN;abi=1;weft=$weft;build=$build;compiler=$3;end"
    # A literal in the declaration: one in its body alone would not make who uses it compile again.
    cat > "$2" <<END
    import Weft

    /// What a plugin returns from \`weft_swift_plugin\`, the function that Weft looks for in its library.
    ///
    /// It is compiled into the plugin, and with it what the plugin was built against: that is read from
    /// the file before anything of it runs.
    @_alwaysEmitIntoClient
    public func exported(
      _ plugin: some Plugin, builtAgainst identity: StaticString = "$identity"
    ) -> UnsafeMutableRawPointer {
      ExportedPlugin(plugin, builtAgainst: identity).retained()
    }

    /// What this Weft is built from.
    let ownIdentity: StaticString = "$identity"
    END
    """#

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
