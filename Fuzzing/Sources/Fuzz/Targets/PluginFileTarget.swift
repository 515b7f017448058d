import Foundation
import Weft

@testable import Plugins

/// Shared libraries as files: all that is looked at before anything of a plugin runs.
struct PluginFileTarget: FuzzTarget {
  static let name = "plugin-file"
  static let words = [
    "\u{7f}ELF", "weft_plugin", "weft_plugin_ops", "weftplug", ".dynsym", ".dynstr",
    "weft_swift_plugin", "WEFT-SWIFT-PLUGIN;", "abi=1;", "weft=1;", "build=2;", "compiler=3;",
    ";end",
  ]

  private let file: ScratchFile

  init() throws { file = try ScratchFile("so") }

  /// Plugins in C and in Swift, by their marks, and libraries that are none; all need a compiler.
  func seeds() throws -> [Data] {
    let source = file.url.appendingPathExtension("c")
    let library = file.url.appendingPathExtension("seed")
    defer { for url in [source, library] { try? FileManager.default.removeItem(at: url) } }
    let texts = [
      "int none(void) { return 1; }",
      "#include <weft_plugin.h>\nstatic const weft_op *const ops[1];\nWEFT_PLUGIN(\"seed\", \"1.0\", ops)\n",
      "const char weft_plugin[400] = \"weftplug\";",
      "const char mark[] = \"WEFT-SWIFT-PLUGIN;abi=1;weft=1;build=2;compiler=3;end\";\n"
        + "const char *weft_swift_plugin(void) { return mark; }",
    ]
    return try texts.compactMap { text in
      try Data(text.utf8).write(to: source)
      let compiler = Process()
      compiler.executableURL = URL(filePath: "/usr/bin/env")
      compiler.arguments = [
        "clang", "-shared", "-fPIC", "-nostdlib", "-s", "-I",
        Repository.file("Sources/CPlugin/include").path, "-o", library.path, source.path,
      ]
      try compiler.run()
      compiler.waitUntilExit()
      return compiler.terminationStatus == 0 ? try Data(contentsOf: library) : nil
    }
  }

  func run(_ bytes: Data) {
    file.set(bytes)
    guard let library = try? SharedLibraryFile(path: file.url.path) else { return }
    if SwiftPluginIdentity.isPlugin(library) { _ = try? SwiftPluginIdentity(library) }
    for symbol in [PluginIdentity.symbol, PluginIdentity.table] {
      guard let data = try? library.data(of: symbol) else { continue }
      _ = try? PluginIdentity(data, path: "fuzz.so")
    }
  }
}
