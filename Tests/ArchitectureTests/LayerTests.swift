import Foundation
import Testing

/// The layers of Docs/Architecture.md, as the sources must keep them.
@Suite struct `Layers` {
  /// For each target, the targets of this package that it may import.
  static let allowed: [(target: String, imports: Set<String>)] = [
    ("CKernels", []),
    ("CMapping", []),
    ("CPlugin", []),
    ("CGraphviz", []),
    ("Tensors", []),
    ("IR", ["Tensors"]),
    ("GraphLanguage", ["IR", "Tensors"]),
    ("Executor", ["Tensors", "CKernels"]),
    ("Compiler", ["IR", "Executor", "Tensors", "CKernels"]),
    ("Operators", ["Compiler", "IR", "Executor", "Tensors", "CKernels"]),
    ("Passes", ["Operators", "Compiler", "IR", "Tensors"]),
    ("Formats", ["Tensors", "CMapping"]),
    (
      "Plugins",
      [
        "Formats", "Operators", "Compiler", "Executor", "GraphLanguage", "IR", "Tensors", "CPlugin",
      ]
    ),
    ("Tokenizers", ["Formats"]),
    ("ChatTemplates", ["Formats"]),
    ("Generation", ["Tokenizers", "Executor", "Tensors"]),
    ("Profiler", ["GraphLanguage", "Compiler", "Executor", "IR", "Tensors", "CKernels"]),
    ("Report", ["Profiler", "Executor"]),
    ("ShippedGraphs", []),
    ("Diagrams", ["Formats", "IR", "Tensors", "CGraphviz"]),
    (
      "Weft",
      [
        "Generation", "ChatTemplates", "Diagrams", "Report", "Profiler", "Tokenizers", "Formats",
        "Plugins",
        "Passes", "Operators", "Compiler", "Executor", "GraphLanguage", "IR", "Tensors", "CKernels",
        "ShippedGraphs",
      ]
    ),
    ("Serving", ["Weft"]),
    ("WeftCLI", ["Serving", "Weft"]),
    ("WeftPlugin", ["Weft"]),
    ("WeftMain", ["WeftCLI"]),
    ("WeftHost", []),
  ]

  @Test func `every folder of Sources is a known layer`() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Repository.root.appending(path: "Sources").path)
    #expect(Set(folders) == Set(Self.allowed.map(\.target)))
  }

  @Test(arguments: allowed.map(\.target))
  func `a target imports only layers above it`(target: String) throws {
    let layers = Set(Self.allowed.map(\.target))
    let permitted = try #require(Self.allowed.first { $0.target == target }).imports
    let pattern =
      // What is indented further stands in a text, such as a template's.
      /^ {0,3}(?:@\w+(?:\([^)]*\))?\s+)*(?:public |package |internal |private )?import (?:struct |class |enum |protocol |func )?(\w+)/
      .anchorsMatchLineEndings()
    for file in try Repository.files(in: "Sources/\(target)", suffixes: [".swift"]) {
      for match in try Repository.text(file).matches(of: pattern) {
        let module = String(match.1)
        #expect(
          !layers.contains(module) || permitted.contains(module),
          "\(file.lastPathComponent) imports \(module), which \(target) may not")
      }
    }
  }

  @Test func `layers stand in an order in which each needs only earlier ones`() {
    var earlier: Set<String> = []
    for (target, imports) in Self.allowed {
      #expect(imports.isSubset(of: earlier), "\(target) needs a later layer")
      earlier.insert(target)
    }
  }

  @Test func `no compiler flags that a dependency can't have`() throws {
    let manifest = try Repository.text(Repository.root.appending(path: "Package.swift"))
    for flag in ["unsafeFlags", "-march", "-ffast-math", "-Ofast"] {
      #expect(!manifest.contains(flag))
    }
  }

  @Test func `no two paths differ only in case`() throws {
    var seen: [String: String] = [:]
    for folder in ["Sources", "Tests", "Graphs", "Docs", "Scripts", "Examples", "Plugins"] {
      for file in try Repository.files(in: folder, suffixes: [""]) {
        let path = file.path
        if let other = seen.updateValue(path, forKey: path.lowercased()) {
          #expect(other == path, "\(other) and \(path) are one file on macOS")
        }
      }
    }
  }

  @Test func `nobody asks for an op by its name`() throws {
    for target in ["Compiler", "Passes", "Profiler", "Diagrams", "Executor", "GraphLanguage"] {
      for file in try Repository.files(in: "Sources/\(target)", suffixes: [".swift"]) {
        let text = try Repository.text(file)
        #expect(
          !text.contains(/switch [\w.]*op\.name/) && !text.contains(/op\.name == "/),
          "\(file.lastPathComponent) looks at an op's name")
      }
    }
  }
}
