import Foundation
import Testing

@testable import Weft

/// The real model, on real text.
@Suite struct `MiniLM` {
  private struct Sentences: Decodable {
    let sentences: [String]
    let tokenIDs: [[Int32]]

    enum CodingKeys: String, CodingKey {
      case sentences
      case tokenIDs = "token_ids"
    }
  }

  private let reference = Reference(name: "minilm")

  private func model() throws -> Model { try MiniLMFolder.model() }

  private func sentences() throws -> Sentences {
    try JSONDecoder().decode(
      Sentences.self, from: Data(contentsOf: reference.folder.appending(path: "sentences.json")))
  }

  #if os(Linux)
    @Test func `weights that are packed leave the file's pages`() throws {
      // A folder of its own: other tests map the cached file just now.
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "weft-pages-\(UUID().uuidString)")
      try FileManager.default.copyItem(at: MiniLMFolder.url(), to: folder)
      defer { try? FileManager.default.removeItem(at: folder) }
      let model = try MiniLMFolder.model(in: folder)
      _ = try SentenceEmbedder(model).embed(["The cat sits outside"])
      #expect(model.shared.packed.waitingByteCount > 0)
      model.shared.packed.settle()
      let map = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/smaps")).readToEnd()
      var resident = 0
      var isWeights = false
      for line in String(decoding: map ?? Data(), as: UTF8.self).split(separator: "\n") {
        // The line of a mapping has no colon at the end of its first word.
        if line.split(separator: " ").first?.last != ":" {
          isWeights = line.hasSuffix(folder.lastPathComponent + "/model.safetensors")
        } else if isWeights, line.hasPrefix("Rss:") {
          resident += Int(line.split(separator: " ")[1]) ?? 0
        }
      }
      // Rows of tables; the weights are 42,000 kB.
      #expect((1..<30_000).contains(resident), "\(resident) kB")
      withExtendedLifetime(model) {}
    }
  #endif

  @Test func `sentences give the reference's ids`() throws {
    let sentences = try sentences()
    let embedder = try SentenceEmbedder(try model())
    #expect(sentences.sentences.count == 14)
    for (sentence, ids) in zip(sentences.sentences, sentences.tokenIDs) {
      #expect(embedder.tokenizer.encode(sentence).ids == ids)
    }
  }

  @Test func `sentences give the reference's vectors`() throws {
    let vectors = try SentenceEmbedder(try model()).embed(try sentences().sentences)
    let expected = try #require(try reference.outputs()["embedding"])
    #expect(expected.dims == [14, 384])
    try #require(vectors.count == 14)
    for (i, vector) in vectors.enumerated() {
      let row = expected.doubles[i * 384..<(i + 1) * 384]
      try #require(vector.count == 384)
      let largest = zip(vector, row).map { abs(Double($0) - $1) }.max() ?? .infinity
      #expect(largest <= 2e-6)
      let dot = zip(vector, row).reduce(0) { $0 + Double($1.0) * $1.1 }
      let lengths =
        vector.reduce(0) { $0 + Double($1) * Double($1) } * row.reduce(0) { $0 + $1 * $1 }
      #expect(dot / lengths.squareRoot() >= 0.999999)
    }
  }

  @Test func `in 8 bits, vectors keep their directions`() throws {
    let quantized = try ModelQuantizer(try model()).quantize()
    #expect(quantized.quantized.count == 36)
    let vectors = try SentenceEmbedder(quantized.model).embed(try sentences().sentences)
    let expected = try #require(try reference.outputs()["embedding"])
    try #require(expected.dims == [14, 384])
    let found = try Tensor(dims: expected.dims, floats: vectors.flatMap { $0 })
    let cosines = Cosine.rows(found, expected)
    try #require(cosines.count == 14)
    for cosine in cosines { #expect(cosine >= 0.99) }
    #expect(cosines.reduce(0, +) / 14 >= 0.995)
    // Something was rounded.
    #expect(cosines.allSatisfy { $0 < 0.999999 })
  }

  @Test func `hidden states agree with PyTorch`() throws {
    let inputs = try reference.inputs()
    let outputs = try model().entry().run(inputs)
    let expected = try #require(try reference.outputs()["last_hidden_state.first2"])
    let hidden = try #require(outputs["last_hidden_state"])
    let first = try Tensor(
      dims: expected.dims, floats: Array(hidden.floats.prefix(expected.count)))
    #expect(largestDifference(first, expected) <= 2e-5)
    let embedding = try #require(try reference.outputs()["embedding"])
    #expect(largestDifference(outputs["embedding"], embedding) <= 2e-6)
  }
}

/// Where Scripts/fetch-minilm puts the model.
enum MiniLMFolder {
  static func url() throws -> URL {
    let environment = ProcessInfo.processInfo.environment
    let cache =
      environment["XDG_CACHE_HOME"].map { URL(filePath: $0) }
      ?? URL(filePath: environment["HOME"] ?? "/").appending(path: ".cache")
    let folder = cache.appending(path: "weft/models/all-MiniLM-L6-v2")
    let isThere = FileManager.default.fileExists(
      atPath: folder.appending(path: "model.safetensors").path)
    try #require(isThere, "\(folder.path) isn't there: run Scripts/fetch-minilm")
    return folder
  }

  static func model(in folder: URL? = nil) throws -> Model {
    let weights = WeightOrigin.checkpoint(try folder ?? url())
    return try Model(
      ModelSource(file: Repository.graph("minilm"), configuration: weights.configuration),
      weights: weights)
  }
}
