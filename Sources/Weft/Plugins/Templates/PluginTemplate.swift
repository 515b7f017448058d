import Foundation
import GraphLanguage

/// The package that `weft plugins new` writes: a plugin that builds, and passes its own test.
public struct PluginTemplate: Sendable {
  /// What a plugin begins with.
  public enum Kind: String, CaseIterable, Sendable { case op, pass, format }

  /// What a plugin is written in.
  public enum Language: String, CaseIterable, Sendable { case swift, c }

  /// A file of the package, by its path in it.
  struct File: Sendable {
    var path: String
    var text: String
    /// Whether the plugin's names are filled in.
    var isFilled = true
  }

  /// The plugin's name: `top-gate`.
  public let name: String
  /// What it begins with.
  public let kind: Kind
  /// What it is written in.
  public let language: Language

  /// The template for a plugin of that name.
  public init(
    name: String, kind: Kind, language: Language = .swift
  ) throws(PluginTemplateError) {
    guard name.wholeMatch(of: /[a-z][a-z0-9]*(?:-[a-z0-9]+)*/) != nil, name.count <= 40 else {
      throw .name(name)
    }
    guard language == .swift || kind == .op else { throw .notThere(kind, language) }
    self.name = name
    self.kind = kind
    self.language = language
    if kind == .op {
      guard !GraphLanguage.isKeyword(snakeCase) else { throw .keyword(snakeCase) }
      guard (try? Registry([StandardPlugin()]))?.ops[snakeCase] == nil else {
        throw .taken(snakeCase)
      }
    }
  }

  /// The module: `TopGate`.
  public var module: String {
    let words = name.split(separator: "-")
    let joined = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    // A module can't have the name of another in its program, nor of a type that it uses.
    return Self.taken.contains(joined) ? joined + "Plugin" : joined
  }

  /// The name in graph files: `top_gate`.
  var snakeCase: String { name.replacing("-", with: "_") }

  private static let taken: Set<String> = [
    "Weft", "WeftPlugin", "WeftCLI", "WeftHost", "WeftMain", "Swift", "Foundation", "Testing",
    "Tensors", "IR", "Executor", "Compiler", "Operators", "Passes", "Formats", "Plugins",
    "Tokenizers", "Generation", "GraphLanguage", "ChatTemplates", "ShippedGraphs", "Profiler",
    "Report", "Diagrams", "Serving", "CGraphviz", "CKernels", "CMapping", "CPlugin",
    "BuildIdentity", "ArgumentParser", "Hummingbird", "Logging", "NIOCore", "NIOHTTPTypes",
    "ServiceLifecycle", "KernelBenchmarks", "MixtureExample",
    "Plugin", "Op", "Pass", "Graph", "Model",
  ]

  /// Writes the package into a new folder, whole or not at all.
  ///
  /// - Throws: `FileError` where the folder is there already.
  public func write(to folder: URL, checkout: WeftCheckout) throws {
    try AtomicFolder.write(to: folder) { folder in
      for file in try files(checkout) {
        let target = folder.appending(path: filled(file.path))
        try FileManager.default.createDirectory(
          at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        let text = file.isFilled ? filled(file.text) : file.text
        try AtomicFile.write(Data(text.utf8), to: target)
      }
    }
  }

  /// What to do next.
  public func advice(folder: String) -> String {
    if language == .c {
      return """
        wrote \(folder)
          make -C \(folder) test
          make -C \(folder)
          weft check \(folder)/example.weft --plugin \(folder)/\(snakeCase).so
        """
    }
    return """
      wrote \(folder)
        swift test --package-path \(folder)
        swift build --package-path \(folder) -c release
        weft plugins info \(folder)/.build/release/lib\(module).so
      """
  }

  private func files(_ checkout: WeftCheckout) throws -> [File] {
    if language == .c {
      let header = checkout.folder.appending(path: "Sources/CPlugin/include/weft_plugin.h")
      let data = try FileReading.data(header, limit: 1 << 20)
      return Self.cOp + [
        File(path: ".gitignore", text: "*.so\n.test\n"),
        File(path: "weft_plugin.h", text: String(decoding: data, as: UTF8.self), isFilled: false),
      ]
    }
    let own =
      switch kind {
      case .op: Self.op
      case .pass: Self.pass
      case .format: Self.format
      }
    let path = checkout.folder.path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return [
      // The path last: what stands in it is no place to fill.
      File(
        path: "Package.swift", text: filled(Self.manifest).replacing("CHECKOUT", with: path),
        isFilled: false),
      File(path: ".gitignore", text: ".build/\n"),
    ] + own
  }

  private func filled(_ text: String) -> String {
    text.replacing("MODULE", with: module).replacing("SNAKE", with: snakeCase)
      .replacing("NAME", with: name)
  }

  private static let manifest = """
    // swift-tools-version: 6.1
    import PackageDescription

    let package = Package(
      name: "NAME",
      platforms: [.macOS(.v15)],
      products: [.library(name: "MODULE", type: .dynamic, targets: ["MODULE"])],
      // The sources of the Weft that loads it: another build refuses it.
      dependencies: [.package(name: "weft", path: "CHECKOUT")],
      targets: [
        .target(
          name: "MODULE", dependencies: [.product(name: "WeftPlugin", package: "weft")],
          path: "Sources"),
        .testTarget(name: "MODULETests", dependencies: ["MODULE"], path: "Tests"),
      ],
      swiftLanguageModes: [.v6]
    )

    """
}
