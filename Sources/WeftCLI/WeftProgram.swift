import ArgumentParser
import Weft

/// The program `weft`, as both executables run it: alone, and beside plugins in Swift.
public enum WeftProgram {
  /// Runs the command that the process was called with, and exits where it fails.
  public static func main() {
    let startup = StartupRecorder()
    FaultSignals.becomeErrors()
    do {
      var command = try startup.measure(.parseArguments) { try WeftCommand.parseAsRoot() }
      if let profile = command as? ProfileCommand {
        try profile.run(startup)
      } else {
        try command.run()
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
}

/// The program for `weft-host`, which finds it by this name.
@_cdecl("weft_main")
public func weftMain() { WeftProgram.main() }
