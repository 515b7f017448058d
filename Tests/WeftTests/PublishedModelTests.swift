import Foundation
import Testing
import Weft

/// Configs of models that are published, as record-published.py wrote them down.
struct PublishedModel: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let graph: String
  /// What transformers counts.
  let parameters: Int

  var testDescription: String { name }

  static let file = Repository.folder.appending(path: "Tests/WeftTests/Reference/published.json")

  static let all: [PublishedModel] =
    (try? JSONDecoder().decode([PublishedModel].self, from: Data(contentsOf: file))) ?? []

  /// The model's graphs, from its config.
  func definition() throws -> ModelDefinition {
    let all = try JSONSerialization.jsonObject(with: Data(contentsOf: Self.file))
    let models = try #require(all as? [[String: Any]])
    let config = try #require(models.first { $0["name"] as? String == name }?["config"])
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
    try JSONSerialization.data(withJSONObject: config).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try Model(
      ModelSource(file: Repository.graph(graph), configuration: url), weights: nil
    ).definition
  }
}

@Suite struct `Published models` {
  @Test(arguments: PublishedModel.all)
  func `configs give as many parameters as transformers counts`(_ model: PublishedModel) throws {
    let definition = try model.definition()
    for entry in definition.entries {
      let count = entry.parameters.reduce(0) { count, parameter in
        count + (parameter.value.type.shape.values ?? [0]).reduce(1, *)
      }
      #expect(count == model.parameters, "\(entry.name)")
    }
  }

  @Test func `configs choose windows, scalings and activations`() throws {
    #expect(PublishedModel.all.count == 10)
    func config(_ name: String, _ config: String) throws -> ConfigValue? {
      let model = try #require(PublishedModel.all.first { $0.name == name })
      return try model.definition().configs.first { $0.name == config }?.value
    }
    func windows(_ name: String) throws -> [Int] {
      let model = try #require(PublishedModel.all.first { $0.name == name })
      let nodes = try model.definition().entries[0].nodes
      return nodes.compactMap { try? $0.op.attributes.int("window") }
    }
    #expect(try config("gemma-2b", "activation") == .string("gelu_pytorch_tanh"))
    #expect(try config("Llama-3.1-8B", "factor") == .float(8))
    #expect(try config("Phi-3-mini-128k", "factor") == .float(32))
    #expect(try windows("Mistral-7B-v0.1") == Array(repeating: 4096, count: 32))
    #expect(try windows("Qwen2.5-0.5B") == Array(repeating: 0, count: 24))
    #expect(try windows("gemma-2b") == Array(repeating: 0, count: 18))
    #expect(try windows("gemma-2-2b") == (0..<26).map { $0 % 2 == 0 ? 4096 : 0 })
    #expect(try windows("gemma-3-1b") == (0..<26).map { $0 % 6 == 5 ? 0 : 512 })
  }
}
