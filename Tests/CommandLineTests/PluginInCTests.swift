import Foundation
import Testing

/// Plugins in C, as the command has them.
@Suite struct `Plugins in C` {
  static let example = CommandLineTool.root.appending(path: "Examples/PluginInC")

  /// A folder with a copy of the example and its library in it.
  static let folder = Result {
    let folder = try CommandLineTool.scratchFolder().appending(path: "example")
    try FileManager.default.copyItem(at: example, to: folder)
    let include = CommandLineTool.root.appending(path: "Sources/CPlugin/include").path
    let made = try CommandLineTool.shell(
      "make -B INCLUDE='\(include)' CFLAGS='-O2 -std=c11 -Wall -Wextra -Wpedantic -Werror'",
      in: folder)
    #expect(made.status == 0, "\(made.error)")
    try FileManager.default.createDirectory(
      at: folder.appending(path: "activations"), withIntermediateDirectories: true)
    return folder
  }

  private func weft(_ arguments: String) throws -> CommandLineTool.Result {
    try CommandLineTool.shell(
      "weft \(arguments) --plugin activations.so", in: try Self.folder.get())
  }

  @Test func `a plugin says what it has`() throws {
    let list = try weft("plugins list")
    #expect(list.status == 0, "\(list.error)")
    for word in ["activations (C)", "op group_norm, snake"] {
      #expect(list.output.contains(word), "\(word): \(list.output)")
    }
    // A folder of the plugin's name is no plugin.
    let named = try weft("plugins info activations")
    #expect(named.status == 0 && named.output.contains("group_norm"), "\(named.error)")
    let info = try CommandLineTool.shell(
      "weft plugins info activations.so --json", in: try Self.folder.get())
    #expect(info.output.contains("Normalization of groups of neighbouring elements"))
  }

  @Test func `its ops are checked, run, profiled, explained and drawn`() throws {
    let check = try weft("check example.weft")
    #expect(check.status == 0, "\(check.error)")
    let run = try weft("run example.weft --random-weights 1 --bind batch=2,tokens=3 --json")
    #expect(run.status == 0 && run.output.contains("normed"), "\(run.error)")
    let profile = try weft(
      "profile example.weft --random-weights 1 --bind batch=2,tokens=3 --runs 2 --json")
    #expect(profile.status == 0, "\(profile.error)")
    for word in ["f32-group_norm-activations", "add+snake+mul", "normalization"] {
      #expect(profile.output.contains(word), "\(word)")
    }
    let why = try weft("why example.weft")
    #expect(why.output.contains("snake") && why.output.contains("group_norm"), "\(why.error)")
    let drawn = try weft("render example.weft -o a.dot")
    #expect(drawn.status == 0, "\(drawn.error)")
    let memory = try weft("memory example.weft --random-weights 1 --bind batch=2,tokens=3")
    #expect(memory.status == 0, "\(memory.error)")
  }

  @Test func `a mistake shows its line`() throws {
    let folder = try Self.folder.get()
    let text = "model M {\n  input x: f32[n, 64]\n\n  output y = group_norm(x, groups: 5)\n}\n"
    try Data(text.utf8).write(to: folder.appending(path: "wrong.weft"))
    let check = try weft("check wrong.weft")
    #expect(check.status == 1)
    #expect(
      check.error.contains(
        "wrong.weft:4:14: error: 'group_norm' needs a last axis that 5 groups divide: x is f32["),
      "\(check.error)")
  }

  @Test func `what is no plugin ends the command with its name`() throws {
    let folder = try Self.folder.get()
    try Data("text\n".utf8).write(to: folder.appending(path: "text.so"))
    let library = try Data(contentsOf: folder.appending(path: "activations.so"))
    try library.prefix(3000).write(to: folder.appending(path: "short.so"))
    for (file, says) in [
      ("text.so", "text.so: expected a shared library, found text"),
      ("short.so", "short.so: is damaged: "), ("none.so", "none.so: cannot be read"),
    ] {
      let result = try CommandLineTool.shell(
        "weft check example.weft --plugin \(file)", in: folder)
      #expect(result.status == 1 && result.error.contains(says), "\(file): \(result.error)")
    }
  }
}
