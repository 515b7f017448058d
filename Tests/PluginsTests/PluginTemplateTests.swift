import Foundation
import Testing
import Weft

/// What `weft plugins new --language c` writes: it builds without a warning, passes its own test, and runs.
@Suite struct PluginTemplateTests {
  @Test func `a new plugin in C builds, passes its test and is loaded`() throws {
    let folder = PluginCompiler.folder.appending(path: "top-gate")
    try PluginTemplate(name: "top-gate", kind: .op, language: .c)
      .write(to: folder, checkout: WeftCheckout(at: PluginCompiler.root))
    for target in ["test", "top_gate.so"] {
      let process = Process()
      process.executableURL = PluginCompiler.program("make")
      process.arguments = [
        "-s", "-C", folder.path, "CFLAGS=-O1 -std=c11 -Wall -Wextra -Werror", target,
      ]
      process.standardOutput = Pipe()
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "make \(target)")
    }
    let registry = try Registry([
      StandardPlugin(), PluginLibrary.open(folder.appending(path: "top_gate.so").path),
    ])
    let entry = try Model(
      ModelSource(file: folder.appending(path: "example.weft")), weights: nil, registry: registry
    ).entry()
    let y = try entry.run(["x": Tensor(dims: [2, 2], floats: [1, -2, 0, 0.5])])["y"]
    #expect(y?.floats == [0.5, -1, 0, 1])
  }

  @Test func `C has ops alone`() {
    #expect(throws: PluginTemplateError.self) {
      try PluginTemplate(name: "x", kind: .pass, language: .c)
    }
  }
}
