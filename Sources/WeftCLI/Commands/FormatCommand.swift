import ArgumentParser
import Foundation
import Weft

struct FormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "format",
    abstract: "Write graph files in the one canonical style.",
    discussion: """
      Example:
        weft format Graphs/*.weft Graphs/layers/*.weft
        weft format --check Graphs/bert.weft
      """)

  @ArgumentParser.Argument(help: "Graph files.", completion: .file(extensions: ["weft"]))
  var files: [String]

  @Flag(help: "Change nothing; exit with 1 where a file isn't in the canonical style.")
  var check = false

  @Flag(help: "Print the formatted text instead of replacing the file.")
  var stdout = false

  func run() throws {
    var failed = false
    for file in files {
      switch try GraphFormatting.format(file: URL(filePath: file)) {
      case .invalid(let diagnostics):
        Terminal.report(diagnostics)
        failed = true
      case .formatted(let text, let isChanged):
        if stdout {
          print(text, terminator: "")
        } else if check {
          if isChanged { print("\(file) isn't in the canonical style") }
          failed = failed || isChanged
        } else if isChanged {
          try AtomicFile.write(Data(text.utf8), to: URL(filePath: file))
          print("formatted \(file)")
        }
      }
    }
    if failed { throw ExitCode.failure }
  }
}
