import Foundation
import Testing

/// The text of `--help`, held by snapshots.
@Suite struct `Help` {
  @Test(arguments: [""] + Commands.names + ["plugins list", "plugins info", "plugins new"])
  func `says what it said`(command: String) throws {
    let result = try CommandLineTool.shell("COLUMNS=80 weft \(command) --help")
    #expect(result.status == 0)
    #expect(result.error.isEmpty)
    let name = command.isEmpty ? "weft" : command
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Help/\(name.replacing(" ", with: "-")).txt")
    if ProcessInfo.processInfo.environment["WEFT_BLESS"] == "1" {
      try Data(result.output.utf8).write(to: file)
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(result.output == expected, "\(name): WEFT_BLESS=1 takes the new text")
  }
}
