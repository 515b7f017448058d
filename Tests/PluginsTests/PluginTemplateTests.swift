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

  @Test(arguments: [PluginTemplate.Language.swift, .c])
  func `a name that is taken is refused`(_ language: PluginTemplate.Language) {
    #expect(throws: PluginTemplateError.taken("softmax")) {
      try PluginTemplate(name: "softmax", kind: .op, language: language)
    }
    #expect(throws: PluginTemplateError.keyword("model")) {
      try PluginTemplate(name: "model", kind: .op, language: language)
    }
    #expect(throws: Never.self) { try PluginTemplate(name: "softmax", kind: .pass) }
  }

  @Test func `no module has the name of one of Weft's`() throws {
    let manifest = try String(
      contentsOf: PluginCompiler.root.appending(path: "Package.swift"), encoding: .utf8)
    let modules = Set(manifest.matches(of: /name: "([A-Z]\w*)"/).map { String($0.1) })
    #expect(modules.contains("GraphLanguage"))
    for module in modules where !module.hasSuffix("Tests") {
      let name = module.reduce(into: "") { name, letter in
        name += (letter.isUppercase && !name.isEmpty ? "-" : "") + letter.lowercased()
      }
      #expect(try PluginTemplate(name: name, kind: .pass).module != module)
    }
  }

  @Test func `a checkout may lie in a folder whose name is filled in elsewhere`() throws {
    let folder = PluginCompiler.folder.appending(path: "NAME/MODULES/SNAKE")
    try FileManager.default.createDirectory(
      at: folder.appending(path: "Sources/WeftPlugin"), withIntermediateDirectories: true)
    try Data().write(to: folder.appending(path: "Package.swift"))
    let written = PluginCompiler.folder.appending(path: "elsewhere")
    try PluginTemplate(name: "top-gate", kind: .pass)
      .write(to: written, checkout: WeftCheckout(at: folder))
    let manifest = try String(
      contentsOf: written.appending(path: "Package.swift"), encoding: .utf8)
    #expect(manifest.contains("path: \"\(folder.standardizedFileURL.path)\""))
    #expect(manifest.contains("name: \"TopGate\""))
  }

  @Test func `C has ops alone`() {
    #expect(throws: PluginTemplateError.self) {
      try PluginTemplate(name: "x", kind: .pass, language: .c)
    }
  }
}
