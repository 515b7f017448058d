import Foundation
import Testing
import Weft

/// What may stand where a graph file stands.
@Suite struct `Model packages` {
  @Test func `every file of Graphs is compiled in, as it is`() throws {
    let folder = Repository.folder.appending(path: "Graphs")
    let found = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".weft") }
    #expect(ShippedGraphs.paths.sorted() == found.sorted())
    for path in found {
      let url = URL(filePath: path, relativeTo: ShippedGraphs.folder)
      #expect(
        try ShippedGraphs.contents(of: url) == Array(Data(contentsOf: folder.appending(path: path)))
      )
    }
    #expect(ShippedGraphs.contents(of: ShippedGraphs.file("none")) == nil)
    #expect(ShippedGraphs.contents(of: Repository.graph("llama")) == nil)
  }

  @Test(arguments: ["llama", "gpt2"])
  func `a GGUF file brings graph, configuration and weights`(_ name: String) throws {
    let reference = try Reference.named(name)
    let package = try ModelPackage(at: `GGUF models`.file("\(name).f32"))
    let model = try Model(
      ModelSource(file: package.graph, configuration: package.weights?.configuration),
      weights: package.weights)
    let found = try model.entry().run(reference.inputs())["logits"]
    #expect(largestDifference(found, try reference.outputs()["logits"]) <= 2e-5)
  }

  @Test(arguments: ["llama", "gpt2", "t5", "bert", "vit"])
  func `a folder's model_type chooses the graph`(_ name: String) throws {
    let reference = try Reference.named(name)
    let package = try ModelPackage(at: reference.folder)
    #expect(package.graph.lastPathComponent == "\(name).weft")
    let model = try Model(
      ModelSource(file: package.graph, configuration: package.weights?.configuration),
      weights: package.weights)
    _ = try model.entry().run(reference.inputs())
  }

  @Test func `folders that say nothing, or too much, are named`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func message() -> String {
      do {
        _ = try ModelPackage(at: folder)
        return "no error"
      } catch {
        return "\(error)".replacingOccurrences(of: folder.path, with: "FOLDER")
      }
    }
    #expect(message().hasPrefix("FOLDER: expected a graph file (.weft) or a config.json in this"))
    let config = folder.appending(path: "config.json")
    try Data("{}".utf8).write(to: config)
    #expect(message().hasPrefix("FOLDER/config.json: 'model_type' is missing"))
    try Data(#"{"model_type": "mamba"}"#.utf8).write(to: config)
    #expect(message().contains("expected one of bert, gemma, gemma2, gemma3_text, gpt2, llama,"))
    for name in ["a.weft", "b.weft"] {
      try Data("".utf8).write(to: folder.appending(path: name))
    }
    #expect(message().hasPrefix("FOLDER: expected one graph file, found a.weft, b.weft"))
  }
}
