import Foundation
import Testing
import Weft

/// Texts of the model in Docs/Examples/glossary, against what transformers makes of it.
@Suite struct `Generated texts` {
  static let folder = Repository.folder.appending(path: "Docs/Examples/glossary")

  private func recorded(_ name: String) throws -> [JSONField] {
    let file = Repository.folder.appending(path: "Tests/GenerationTests/Reference/cases.json")
    return try JSONField(JSONParser.parse(Data(contentsOf: file))).required(name, "cases")
      .elements()
  }

  private func texts() throws -> TextModel {
    let origin = WeightOrigin.checkpoint(Self.folder)
    return try TextModel(
      Model(
        ModelSource(file: Repository.graph("llama"), configuration: origin.configuration),
        weights: origin))
  }

  private func tokens(_ field: JSONField, _ name: String) throws -> [Int32] {
    try field.required(name, "tokens").elements().map { Int32(try $0.integer()) }
  }

  private func options(_ count: Int) -> GenerationOptions {
    var options = GenerationOptions()
    options.maximumTokens = count
    return options
  }

  @Test func `200 greedy tokens are transformers', with their log probabilities`() throws {
    let texts = try texts()
    let cases = try recorded("greedy")
    var asked = options(200)
    asked.logProbabilities = 1
    let options = asked
    let engine = try GenerationEngine(
      texts.tokenModel(slots: 4, capacity: 256), tokenizer: texts.tokenizer)
    let made = try engine.generate(try cases.map { try tokens($0, "ids") }, options)
    for (recorded, text) in zip(cases, made) {
      #expect(
        texts.tokens(of: try recorded.required("prompt", "text").string(), isRendered: true)
          == (try tokens(recorded, "ids")))
      #expect(text.tokens.map(\.id) == (try tokens(recorded, "tokens")))
      let expected = try recorded.required("logprobs", "numbers").elements()
        .map { try $0.double() }
      for (token, value) in zip(text.tokens, expected) {
        #expect(abs(Double(token.logProbabilities?.chosen.value ?? .nan) - value) < 1e-4)
      }
    }
  }

  @Test func `with a cache and without are the same`() throws {
    let texts = try texts()
    let prompt = try tokens(recorded("greedy")[0], "ids")
    let options = options(12)
    let cached = try GenerationEngine(texts.tokenModel(capacity: 64))
      .generate([prompt], options)[0]
    let whole = try GenerationEngine(
      WholeSequenceModel(texts.model.entry("main"), capacity: 64)
    ).generate([prompt], options)[0]
    #expect(cached.tokens.map(\.id) == whole.tokens.map(\.id))
  }

  @Test(arguments: [0, 0.8] as [Float])
  func `drafts change nothing`(temperature: Float) throws {
    let texts = try texts()
    let prompts = try recorded("greedy").map { try tokens($0, "ids") }
    var asked = options(60)
    asked.sampling.temperature = temperature
    asked.sampling.topP = 0.95
    let options = asked
    func generate(_ drafting: Drafting) throws -> ([[Int32]], GenerationCounts) {
      let engine = try GenerationEngine(
        texts.tokenModel(slots: 2, capacity: 128), drafting: drafting)
      let made = try engine.generate(prompts, options)
      return (made.map { $0.tokens.map(\.id) }, engine.counts)
    }
    let (plain, _) = try generate(.none)
    let (looked, counts) = try generate(.promptLookup(PromptLookup()))
    #expect(looked == plain)
    #expect(counts.accepted > 0)
    let (drafted, all) = try generate(.model(texts.tokenModel(slots: 2, capacity: 128), most: 5))
    #expect(drafted == plain)
    #expect(all.accepted == all.drafted)
  }

  @Test func `beams are transformers'`() throws {
    let texts = try texts()
    for recorded in try recorded("beams") {
      let settings = try recorded.required("settings", "settings")
      let count = try settings.required("num_beams", "a number").integer()
      let search = BeamSearch(
        beams: count, lengthPenalty: try settings.member("length_penalty")?.double() ?? 1,
        stopsEarly: try settings.member("early_stopping")?.bool() ?? false)
      let found = try search.search(
        tokens(recorded, "ids"), maximumTokens: 24, stopTokens: [0, 2],
        in: texts.tokenModel(slots: count, capacity: 128))
      let expected = try recorded.required("beams", "beams").elements()
      #expect(found.count == expected.count)
      for (beam, other) in zip(found, expected) {
        #expect(beam.tokens == (try tokens(other, "tokens")), "\(settings.value.text)")
        #expect(abs(beam.score - (try other.required("score", "a number").double())) < 1e-4)
      }
    }
  }

  @Test func `perplexity is transformers', token by token`() throws {
    let texts = try texts()
    for recorded in try recorded("perplexity") {
      let plan = try Perplexity(
        window: recorded.required("window", "a number").integer(),
        stride: recorded.required("stride", "a number").integer())
      let tokens = texts.tokens(
        of: try recorded.required("text", "text").string(), isRendered: true)
      let session = try texts.tokenModel(capacity: max(plan.window, 1000))
      let result = try plan.score(tokens, in: session)
      let expected = try recorded.required("scores", "numbers").elements()
        .map { try $0.double() }
      #expect(result.scores.count == expected.count)
      for (score, value) in zip(result.scores, expected) {
        #expect(abs(score.logProbability - value) < 2e-3, "\(score.position)")
      }
      let mean = -expected.reduce(0, +) / Double(expected.count)
      #expect(abs(result.crossEntropy - mean) < 1e-4)
    }
  }

  @Test func `a conversation keeps what was said in the cache`() throws {
    let texts = try texts()
    var options = options(48)
    options.stopTokens = texts.stopTokens
    options.continuesPrompt = false
    var conversation = try Conversation(texts, capacity: 256, options: options)
    var shown = ""
    try conversation.answer("What is plan?") { shown += $0 }
    #expect(shown == "a graph for concrete dimensions: steps, offsets, kernels.")
    try conversation.answer("What is kernel?") { _ in }
    #expect(conversation.counts.reused > 20)
    #expect(conversation.messages.count == 4)
    #expect(try conversation.command("/undo").contains("forgot"))
    #expect(conversation.messages.count == 2)
    _ = try conversation.command("/reset")
    #expect(conversation.messages.isEmpty)
    #expect(try conversation.command("/nothing").contains("there is no"))
  }
}
