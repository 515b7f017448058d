import ArgumentParser
import Foundation
import Weft

/// The program `weft`, as both executables run it: alone, and beside plugins in Swift.
public enum WeftProgram {
  /// Runs the command that the process was called with, and exits where it fails.
  public static func main() {
    let startup = StartupRecorder()
    FaultSignals.becomeErrors()
    do {
      let request = PluginRequest(
        Array(CommandLine.arguments.dropFirst()),
        environment: ProcessInfo.processInfo.environment)
      if request.lacksFile { throw ValidationError("Missing value for '--plugin <file>'") }
      try PluginHost.enter(for: request.paths)
      if try !runCommandOfPlugin(request) {
        var command = try startup.measure(.parseArguments) {
          try WeftCommand.parseAsRoot(request.arguments)
        }
        if let profile = command as? ProfileCommand {
          try profile.run(startup)
        } else {
          try command.run()
        }
      }
      try StandardOutput.finish()
    } catch let error as GraphFileError {
      Terminal.report(error.diagnostics)
      WeftCommand.exit(withError: ExitCode.failure)
    } catch  where WeftCommand.exitCode(for: error) == .failure && !(error is ExitCode) {
      Terminal.error("error: \(error)\n")
      WeftCommand.exit(withError: ExitCode.failure)
    } catch {
      WeftCommand.exit(withError: error)
    }
  }

  /// Runs a command that Weft doesn't ship, where a plugin has it.
  private static func runCommandOfPlugin(_ request: PluginRequest) throws -> Bool {
    guard let (name, arguments) = request.command, !request.paths.isEmpty,
      !StandardCommands.names.contains(name)
    else { return false }
    let registry = try PluginOptions.registry(of: request.paths)
    guard let command = registry.commands.first(where: { $0.name == name }) else { return false }
    try command.run(arguments, registry: registry)
    return true
  }
}

/// The program for `weft-host`, which finds it by this name.
@_cdecl("weft_main")
public func weftMain() { WeftProgram.main() }
