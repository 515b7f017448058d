import Foundation
import Testing
import Weft

/// A plugin that does what a test says.
struct TestPlugin: Plugin {
  let name: String
  let body: @Sendable (inout Registry) throws(RegistryError) -> Void

  init(
    _ name: String, _ body: @escaping @Sendable (inout Registry) throws(RegistryError) -> Void
  ) {
    self.name = name
    self.body = body
  }

  func register(in registry: inout Registry) throws(RegistryError) { try body(&registry) }
}

@Suite struct `A registry` {
  struct Twice: ElementwiseOp, PlainOp {
    static let signature = OpSignature.unary("twice", "x + x.")
    init() {}
    var function: ScalarFunction {
      .foreign(
        .block(flops: 1, { x, y, n in for i in 0..<n { y[i] = 2 * x[i] } }, reference: { 2 * $0 }))
    }
  }

  struct Idle: Pass {
    let name: String
    let summary = "Nothing."
    func run(on graph: Graph, context: inout PassContext) throws -> [Patch] { [] }
  }

  struct Offer: KernelOffer {
    var name = "offer"
    var op = "twice"
    func makeKernel(
      for op: any Op, _ request: KernelRequest
    ) throws(KernelError) -> KernelBinding? { nil }
  }

  struct Format: WeightFormat {
    let name: String
    let fileExtensions: [String]
    func open(_ url: URL) throws(FormatError) -> any WeightFile {
      throw .other(path: url.path, format: name, reason: "it never is")
    }
  }

  struct Shout: TokenDecoder {
    func decode(_ tokens: [String]) -> [String] { tokens.map { $0.uppercased() } }
  }

  struct Report: ProfileReport {
    let fileExtension = "html"
    let summary = ""
    func data(of runs: ProfiledRuns) throws -> Data { Data() }
  }

  struct Command: PluginCommand {
    let name = "count"
    let summary = ""
    func run(_ arguments: [String], registry: Registry) throws {}
  }

  /// Something that a plugin adds, and how a message names it.
  struct Addition: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let add: @Sendable (inout Registry) throws(RegistryError) -> Void
  }

  static let additions: [Addition] = [
    Addition(testDescription: "an op named 'twice'") { r throws(RegistryError) in
      try r.add(Twice.self)
    },
    Addition(testDescription: "a pass named 'idle'") { r throws(RegistryError) in
      try r.add(Idle(name: "idle"))
    },
    Addition(testDescription: "a graph file named 'a/b.weft'") { r throws(RegistryError) in
      try r.add(GraphFile("a/b.weft", text: ""))
    },
    Addition(testDescription: "a kernel named 'offer'") { r throws(RegistryError) in
      try r.add(Offer(op: "softmax"))
    },
    Addition(testDescription: "a format named 'text'") { r throws(RegistryError) in
      try r.add(Format(name: "text", fileExtensions: ["txt"]))
    },
    Addition(testDescription: "a decoder named 'Shout'") { r throws(RegistryError) in
      try r.add(.decoder("Shout") { _ in Shout() })
    },
    Addition(testDescription: "a tokenizer model named 'Shout'") { r throws(RegistryError) in
      try r.add(.model("Shout") { field throws(JSONFieldError) in throw field.error(expected: "") })
    },
    Addition(testDescription: "a theme named 'pink'") { r throws(RegistryError) in
      try r.add(Theme.light, named: "pink")
    },
    Addition(testDescription: "a command named 'count'") { r throws(RegistryError) in
      try r.add(Command())
    },
  ]

  @Test(arguments: additions)
  func `two plugins that claim one name are an error that names both`(what: Addition) throws {
    let first = TestPlugin("first", what.add)
    let message = try message(of: [StandardPlugin(), first, TestPlugin("second", what.add)])
    #expect(
      message
        == "plugin 'second': \(what.testDescription) is registered already, by plugin 'first'")
    #expect(try Registry([StandardPlugin(), first]).contributions(of: "first").count >= 1)
  }

  @Test func `names of what Weft ships are taken, too`() throws {
    let relu = TestPlugin("mine") { r throws(RegistryError) in
      try r.add(OpDefinition(Relu.signature) { attributes throws(OpError) in Relu() })
    }
    #expect(
      try message(of: [StandardPlugin(), relu])
        == "plugin 'mine': an op named 'relu' is registered already, by plugin 'weft'")
    let html = TestPlugin("mine") { r throws(RegistryError) in try r.add(Report()) }
    #expect(try message(of: [StandardPlugin(), html]).contains("report named 'html'"))
    let suffix = TestPlugin("mine") { r throws(RegistryError) in
      try r.add(Format(name: "other", fileExtensions: ["gguf"]))
    }
    #expect(try message(of: [StandardPlugin(), suffix]).contains("format named 'gguf'"))
    let part = TestPlugin("mine") { r throws(RegistryError) in
      try r.add(.decoder("Fuse") { _ in Shout() })
    }
    #expect(
      try message(of: [StandardPlugin(), part])
        == "plugin 'mine': a decoder named 'Fuse' is registered already, by plugin 'weft'")
    let graph = TestPlugin("mine") { r throws(RegistryError) in
      try r.add(GraphFile("llama.weft", text: ""))
    }
    #expect(try message(of: [StandardPlugin(), graph]).contains("graph file named 'llama.weft'"))
  }

  @Test func `a pass stands where its plugin says`() throws {
    let plugin = TestPlugin("mine") { r throws(RegistryError) in
      try r.add(Idle(name: "early"), .before("canonicalize"))
      try r.add(Idle(name: "late"), .after("canonicalize"))
      try r.add(Idle(name: "end"))
    }
    let names = try Registry([StandardPlugin(), plugin]).passes.map(\.name)
    #expect(names.first == "early" && names.last == "end")
    let late = try #require(names.firstIndex(of: "late"))
    #expect(names[late - 1] == "canonicalize" && !names[late...].contains("canonicalize"))
    let nowhere = TestPlugin("mine") { r throws(RegistryError) in
      try r.add(Idle(name: "x"), .before("none"))
    }
    #expect(
      try message(of: [StandardPlugin(), nowhere])
        == "plugin 'mine': pass 'x' is to run before 'none', and there is no such pass")
  }

  @Test func `a kernel for no op and a graph file without a path are refused`() throws {
    let kernel = TestPlugin("mine") { r throws(RegistryError) in try r.add(Offer()) }
    #expect(try message(of: [StandardPlugin(), kernel]).contains("for the op 'twice'"))
    for path in ["../a.weft", "/a.weft", "a.txt", "", "a//b.weft"] {
      let file = TestPlugin("mine") { r throws(RegistryError) in
        try r.add(GraphFile(path, text: ""))
      }
      #expect(try message(of: [StandardPlugin(), file]).contains("found '\(path)'"))
    }
  }

  @Test func `a plugin's own reason is its own, and one name is for one plugin`() throws {
    let refusing = TestPlugin("mine") { _ throws(RegistryError) in
      throw .refused(plugin: "mine", reason: "not today")
    }
    #expect(try message(of: [refusing]) == "plugin 'mine': not today")
    let idle = TestPlugin("mine") { _ throws(RegistryError) in }
    #expect(try message(of: [idle, idle]) == "two plugins are named 'mine'")
  }

  @Test func `a graph file on disk comes before one of its path in the registry`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let plugin = TestPlugin("mine") { r throws(RegistryError) in
      try r.add(GraphFile("n.weft", text: "layer N(x: f32[n]) -> f32[n] { return neg(x) }\n"))
    }
    let registry = try Registry([StandardPlugin(), plugin])
    let root = folder.appending(path: "m.weft")
    try Data(
      "import \"n.weft\"\nmodel M {\n  input x: f32[n]\n  output y = N(x)\n}\n".utf8
    ).write(to: root)
    let source = ModelSource(file: root)
    let library = try source.definition(registry: registry)
    #expect(library.entries[0].nodes.map(\.op.name) == ["neg"])
    try Data("layer N(x: f32[n]) -> f32[n] { return abs(x) }\n".utf8)
      .write(to: folder.appending(path: "n.weft"))
    let disk = try source.definition(registry: registry)
    #expect(disk.entries[0].nodes.map(\.op.name) == ["abs"])
  }

  private func message(of plugins: [any Plugin]) throws -> String {
    do {
      _ = try Registry(plugins)
      return "no error"
    } catch {
      return "\(error)"
    }
  }
}
