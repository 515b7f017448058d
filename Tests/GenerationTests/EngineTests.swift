import Executor
import Foundation
import Testing

@testable import Generation

@Suite struct `The engine` {
  static let prompts: [[Int32]] = [
    [1, 2, 3], [4], Array(5..<45), [1, 2, 3, 4, 5], Array(repeating: 7, count: 20), [9, 8],
    [1, 2, 3],
  ]

  private func options(_ i: Int, temperature: Float) -> GenerationOptions {
    var options = GenerationOptions()
    options.maximumTokens = 5 + 7 * i
    options.sampling.temperature = temperature
    options.sampling.seed = UInt64(i)
    options.stopTokens = [49]
    return options
  }

  @Test(arguments: [0, 0.9] as [Float], [1, 2, 3, 16])
  func `gives each text as if it were alone`(temperature: Float, slots: Int) throws {
    let model = HashModel(slots: slots)
    for stepTokens in [1, 5, 256] {
      let engine = try GenerationEngine(model, stepTokens: stepTokens)
      let texts = try engine.generate(
        Self.prompts.enumerated().map { ($1, options($0, temperature: temperature)) })
      for (i, text) in texts.enumerated() {
        let expected = try plainText(model, Self.prompts[i], options(i, temperature: temperature))
        #expect(text.tokens.map(\.id) == expected, "text \(i)")
      }
    }
  }

  @Test(arguments: [0, 0.9] as [Float], [1, 3])
  func `drafts change no text`(temperature: Float, slots: Int) throws {
    let model = HashModel(vocabulary: 12, slots: slots, memory: 2)
    let kinds: [Drafting] = [
      .promptLookup(PromptLookup(longest: 2, most: 6)),
      // One that agrees always, one sometimes, one hardly ever.
      .model(HashModel(vocabulary: 12, slots: slots, memory: 2), most: 4),
      .model(HashModel(vocabulary: 12, slots: slots, memory: 1), most: 4),
      .model(HashModel(vocabulary: 12, slots: slots, memory: 7), most: 3),
    ]
    let prompts = Self.prompts.map { $0.map { $0 % 12 } }
    for (kind, drafting) in kinds.enumerated() {
      let engine = try GenerationEngine(model, drafting: drafting)
      var options = GenerationOptions()
      options.maximumTokens = 60
      options.sampling.temperature = temperature
      options.sampling.repetitionPenalty = 1.05
      let asked = options
      let texts = try engine.generate(prompts, asked)
      for (prompt, text) in zip(prompts, texts) {
        #expect(text.tokens.map(\.id) == (try plainText(model, prompt, options)), "kind \(kind)")
      }
      if kind == 1 {
        // What agrees always is kept whole, but for what a text's end cuts off.
        #expect(engine.counts.accepted == engine.counts.drafted)
        #expect(engine.counts.runs < engine.counts.generated / 3)
      }
      if kind == 0, temperature == 0 { #expect(engine.counts.accepted > 0) }
    }
  }

  @Test func `what the cache holds is not computed again`() throws {
    let model = HashModel(slots: 1)
    let engine = try GenerationEngine(model)
    let prompt = (0..<40).map { Int32($0 % 11) }
    var options = GenerationOptions()
    options.maximumTokens = 4
    let asked = options
    let first = try engine.generate([prompt], asked)[0]
    #expect(first.counts.reused == 0)
    let longer = prompt + first.tokens.map(\.id) + [3, 4]
    let second = try engine.generate([longer], asked)[0]
    // The last generated token was never fed.
    #expect(second.counts.reused == prompt.count + 3)
    #expect(second.tokens.map(\.id) == (try plainText(model, longer, options)))
    let again = try engine.generate([prompt], asked)[0]
    #expect(again.counts.reused == prompt.count - 1)
    #expect(again.tokens == first.tokens)
  }

  @Test func `a beginning that another text holds is copied`() throws {
    let model = HashModel(slots: 2)
    let engine = try GenerationEngine(model, stepTokens: 64)
    let prompt = (0..<30).map { Int32($0) }
    var options = GenerationOptions()
    options.maximumTokens = 20
    try engine.add(prompt, options)
    _ = try engine.step()
    let second = try engine.add(prompt + [3], options)
    while !engine.isIdle { _ = try engine.step() }
    #expect(engine.takeCounts(of: second)?.reused == 30)
  }

  @Test func `a long prompt holds nobody up`() throws {
    let model = HashModel(slots: 3, capacity: 2000)
    let engine = try GenerationEngine(model, stepTokens: 16)
    var options = GenerationOptions()
    options.maximumTokens = 50
    let short = try engine.add([1], options)
    _ = try engine.step()
    let long = try engine.add((0..<1000).map { Int32($0 % 50) }, options)
    for _ in 0..<20 {
      let events = try engine.step()
      // One token for the short text each step, whatever the other still reads.
      #expect(events.filter { $0.sequence == short }.map(\.tokens.count) == [1])
      #expect(events.allSatisfy { $0.sequence != long })
    }
    #expect(model.runs.allSatisfy { $0.reduce(0) { $0 + $1.tokens.count } <= 16 })
  }

  @Test func `what became of texts before a wrong result is told once`() throws {
    let model = HashModel(slots: 2)
    let engine = try GenerationEngine(model)
    var options = GenerationOptions()
    options.maximumTokens = 1
    let first = try engine.add([1], options)
    options.maximumTokens = 5
    let second = try engine.add([2], options)
    model.state.withLock { $0.wrong = 1 }
    #expect(throws: GenerationError.self) { try engine.step() }
    let events = engine.endAll(.failed(.notFinite))
    #expect(events.map(\.sequence) == [first, second])
    #expect(events.map(\.tokens.count) == [1, 0])
    #expect(events.map(\.finish) == [.length, .failed(.notFinite)])
    #expect(engine.counts.generated == 1 && engine.isIdle)
    #expect(engine.takeCounts(of: first)?.generated == 1)
  }

  @Test func `a run that fails leaves all as it was`() throws {
    let model = HashModel(slots: 2)
    let engine = try GenerationEngine(model)
    var options = GenerationOptions()
    options.maximumTokens = 12
    let id = try engine.add([1, 2], options)
    var tokens: [Int32] = []
    for turn in 0..<40 where !engine.isIdle {
      model.state.withLock { $0.fails = turn % 3 == 1 }
      if turn % 3 == 1 {
        #expect(throws: HashModel.Failure.self) { try engine.step() }
      } else {
        for event in try engine.step() where event.sequence == id {
          tokens += event.tokens.map(\.id)
        }
      }
    }
    #expect(tokens == (try plainText(model, [1, 2], options)))
  }

  @Test func `cancelling ends one text and keeps the others`() throws {
    let model = HashModel(slots: 2)
    let engine = try GenerationEngine(model)
    var options = GenerationOptions()
    options.maximumTokens = 30
    let ids = try [[1], [2], [3]].map { try engine.add($0, options) }
    _ = try engine.step()
    engine.cancel(ids[0])
    engine.cancel(ids[2])
    let events = try engine.step()
    #expect(events.filter { $0.finish == .cancelled }.map(\.sequence) == [ids[0], ids[2]])
    var last: FinishReason?
    while !engine.isIdle { last = try engine.step().last?.finish ?? last }
    #expect(last == .length)
  }

  @Test func `Ctrl-C keeps what there is`() throws {
    let model = HashModel()
    let engine = try GenerationEngine(model)
    let cancellation = Cancellation()
    var seen = 0
    let text = try engine.generate(
      [[1]], GenerationOptions(), cancellation: cancellation,
      progress: { _, event in
        seen += event.tokens.count
        if seen == 3 { cancellation.cancel() }
      })[0]
    #expect(text.finish == .cancelled && engine.isIdle)
    #expect(
      text.tokens.map(\.id) == Array(try plainText(model, [1], GenerationOptions()).prefix(3)))
  }

  @Test func `what was cancelled is said though the model fails`() throws {
    let model = HashModel(slots: 2)
    let engine = try GenerationEngine(model)
    let ids = try [[1], [2]].map { try engine.add($0, GenerationOptions()) }
    _ = try engine.step()
    engine.cancel(ids[0])
    model.state.withLock { $0.fails = true }
    #expect(try engine.step().map(\.finish) == [.cancelled])
    #expect(throws: HashModel.Failure.self) { try engine.step() }
    #expect(engine.endAll(.cancelled).map(\.sequence) == [ids[1]])
  }

  @Test func `stop tokens don't come before the least length`() throws {
    let model = HashModel(vocabulary: 4)
    var options = GenerationOptions()
    options.stopTokens = [0, 1, 2]
    options.minimumTokens = 9
    let asked = options
    let text = try GenerationEngine(model).generate([[1]], asked)[0]
    #expect(text.tokens.prefix(9).allSatisfy { $0.id == 3 } && text.tokens.count >= 9)
  }

  @Test func `what can't be generated is refused`() throws {
    let engine = try GenerationEngine(HashModel(capacity: 20))
    let options = GenerationOptions()
    #expect(throws: GenerationError.emptyPrompt) { try engine.add([], options) }
    #expect(throws: GenerationError.token(50, vocabulary: 50)) { try engine.add([50], options) }
    #expect(throws: GenerationError.token(-1, vocabulary: 50)) { try engine.add([-1], options) }
    #expect(throws: GenerationError.tooLong(tokens: 128, capacity: 20)) {
      try engine.add([1], options)
    }
    var most = options
    most.maximumTokens = .max
    #expect(throws: GenerationError.tooLong(tokens: .max, capacity: 20)) {
      try engine.add([1, 2], most)
    }
    #expect(throws: GenerationError.self) {
      try GenerationEngine(HashModel(), drafting: .model(HashModel(vocabulary: 3), most: 2))
    }
  }
}
