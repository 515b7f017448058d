import Foundation
import Testing

/// What README.md and Docs/ show is true.
@Suite struct `Documentation` {
  static let pages: [String] = {
    let docs = CommandLineTool.root.appending(path: "Docs")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: docs.path)) ?? []
    return ["README.md"] + names.filter { $0.hasSuffix(".md") }.sorted().map { "Docs/\($0)" }
  }()

  /// The lines of all ```sh blocks, each once.
  static let commands: [String] = {
    var commands: [String] = []
    for page in pages {
      let text =
        (try? String(
          contentsOf: CommandLineTool.root.appending(path: page), encoding: .utf8)) ?? ""
      var isShell = false
      for line in text.split(separator: "\n") {
        if line.hasPrefix("```") {
          isShell = line == "```sh"
        } else if isShell {
          let command = line.split(separator: " #")[0].trimmingCharacters(in: .whitespaces)
          if !command.isEmpty, !commands.contains(command) { commands.append(command) }
        }
      }
    }
    return commands
  }()

  @Test func `the pages show commands`() {
    #expect(Self.commands.count > 8)
  }

  @Test(arguments: commands)
  func `a command that is shown works`(command: String) throws {
    let word = String(command.split(separator: " ")[0])
    if word.contains("/") {
      // Long work: that it is there must do.
      let file = CommandLineTool.root.appending(path: word).path
      #expect(FileManager.default.isExecutableFile(atPath: file), "\(word) isn't there")
      return
    }
    if command.contains("$MINILM") { try CommandLineTool.requireMiniLM() }
    let result = try CommandLineTool.shell(command, seconds: 500)
    #expect(result.status == 0, "\(command): \(result.error)")
  }

  @Test(arguments: pages)
  func `every link leads to a file`(page: String) throws {
    let url = CommandLineTool.root.appending(path: page)
    let text = try String(contentsOf: url, encoding: .utf8)
    for match in text.matches(of: /\]\(([^)#\s]+)[^)]*\)/) where !match.1.contains("://") {
      let target = url.deletingLastPathComponent().appending(path: String(match.1))
      #expect(
        FileManager.default.fileExists(atPath: target.path), "\(page) links to \(match.1)")
    }
  }
}
