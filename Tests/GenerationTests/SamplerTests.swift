import Formats
import Foundation
import Testing

@testable import Generation

/// What Tests/GenerationTests/Reference/record.py recorded.
enum Recorded {
  static func section(_ name: String) throws -> JSONField {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Reference/cases.json")
    return try JSONField(JSONParser.parse(Data(contentsOf: file))).required(name, "a section")
  }
}

@Suite struct `Sampling` {
  private func options(_ settings: JSONField) throws -> SamplingOptions {
    var options = SamplingOptions()
    options.temperature = 1
    func number(_ name: String) throws -> Float? {
      try settings.member(name).map { Float(try $0.double()) }
    }
    options.temperature = try number("temperature") ?? 1
    options.topK = try settings.member("top_k")?.integer() ?? 0
    options.topP = try number("top_p") ?? 1
    options.minP = try number("min_p") ?? 0
    options.typicalP = try number("typical_p") ?? 1
    options.repetitionPenalty = try number("repetition_penalty") ?? 1
    options.banned = Set(
      try settings.member("banned")?.elements().map { Int32(try $0.integer()) } ?? [])
    if let bias = try settings.member("bias") {
      for key in try bias.object().keys {
        options.bias[Int32(key) ?? -1] = Float(try bias.required(key, "a number").double())
      }
    }
    return options
  }

  @Test func `leaves the probabilities that transformers leaves`() throws {
    let section = try Recorded.section("warpers")
    let logits = try section.required("logits", "numbers").elements().map { Float(try $0.double()) }
    let history = try section.required("history", "tokens").elements()
      .map { Int32(try $0.integer()) }
    let cases = try section.required("cases", "cases").elements()
    #expect(cases.count == 18)
    for recorded in cases {
      let settings = try recorded.required("settings", "settings")
      let expected = try recorded.required("probabilities", "numbers").elements()
        .map { try $0.double() }
      var sampler = try Sampler(options(settings))
      try logits.withUnsafeBufferPointer { row throws(GenerationError) in
        try sampler.warp(row, after: TokenHistory(prompt: history))
      }
      let kept = Set(sampler.kept ?? Array(0..<Int32(logits.count)))
      let weights = sampler.weights.enumerated()
        .map { kept.contains(Int32($0)) ? Double($1) : 0 }
      let total = weights.reduce(0, +)
      for (i, (weight, probability)) in zip(weights, expected).enumerated() {
        #expect((weight > 0) == (probability > 0), "token \(i), \(settings.value.text)")
        #expect(abs(weight / total - probability) < 1e-6, "token \(i), \(settings.value.text)")
      }
    }
  }

  @Test func `exponentials are right to two units in the last place`() {
    for i in 0..<20_000 {
      let x = -Float(i) * 0.00435
      let found = VectorMath.exponential(.init(repeating: x))[0]
      let expected = x < -87 ? 0 : exp(Double(x))
      #expect(abs(Double(found) - expected) <= expected * 2.4e-7, "\(x)")
    }
    #expect(VectorMath.exponential(.init(repeating: -.infinity))[3] == 0)
    #expect(VectorMath.exponential(.init(repeating: 0))[15] == 1)
  }

  @Test(arguments: [1, 2, 15, 16, 17, 31, 33, 1000])
  func `the largest is found at any place and size`(count: Int) {
    for place in [0, count / 2, count - 1] {
      var x = (0..<count).map { _ in Float(-2) }
      x[place] = 3
      x.withUnsafeBufferPointer { x in
        #expect(VectorMath.largest(x)?.index == place)
        #expect(VectorMath.largest(x)?.value == 3)
      }
      x[place] = .nan
      x.withUnsafeBufferPointer { #expect(VectorMath.largest($0) == nil) }
    }
    let nothing = [Float](repeating: -.infinity, count: count)
    nothing.withUnsafeBufferPointer { #expect(VectorMath.largest($0) == nil) }
  }

  @Test func `draws are those of the seed, on any machine`() {
    // SplitMix64 of seed 0 is known: 16294208416658607535 first.
    #expect(SeededDraws(seed: 0).bits(at: 0) == 16_294_208_416_658_607_535)
    #expect(SeededDraws(seed: 0).bits(at: 1) == 7_960_286_522_194_355_700)
    #expect(SeededDraws(seed: 1).uniform(at: 5) != SeededDraws(seed: 2).uniform(at: 5))
  }

  /// Numbers that would make infinite scores of finite logits.
  @Test func `numbers that no score bears are refused`() {
    func refuses(_ change: (inout SamplingOptions) -> Void) {
      var options = SamplingOptions()
      change(&options)
      #expect(throws: GenerationError.self) { try options.check() }
    }
    for number: Float in [Float.leastNonzeroMagnitude, 1e38, -1, .infinity, .nan] {
      refuses { $0.temperature = number }
      refuses { $0.repetitionPenalty = number }
    }
    for number: Float in [1e38, -1e38, .infinity, .nan] {
      refuses { $0.presencePenalty = number }
      refuses { $0.frequencyPenalty = number }
      refuses { $0.bias[1] = number }
    }
    var options = SamplingOptions()
    options.temperature = 1e-4
    options.bias[1] = -.infinity
    #expect(throws: Never.self) { try options.check() }
  }

  @Test func `draws follow the probabilities`() throws {
    var options = SamplingOptions()
    options.temperature = 1
    options.topK = 3
    let logits: [Float] = [0, 1, 2, -5, 1.5]
    var counts = [Int](repeating: 0, count: 5)
    for seed in 0..<4000 {
      options.seed = UInt64(seed)
      var sampler = try Sampler(options)
      let token = try logits.withUnsafeBufferPointer { row throws(GenerationError) in
        try sampler.choose(row, after: TokenHistory(prompt: [0]))
      }
      counts[Int(token)] += 1
    }
    let weights = [0, exp(1.0), exp(2.0), 0, exp(1.5)]
    for (count, weight) in zip(counts, weights) {
      // Four standard deviations of 4000 draws are less than 130.
      #expect(abs(Double(count) - 4000 * weight / weights.reduce(0, +)) < 130)
    }
  }

  @Test func `presence and frequency count what was generated, not the prompt`() throws {
    var options = SamplingOptions()
    options.presencePenalty = 1
    options.frequencyPenalty = 0.5
    var history = TokenHistory(prompt: [0])
    history.append(1)
    history.append(1)
    history.append(2)
    var sampler = try Sampler(options)
    let logits: [Float] = [5, 5, 5, 5]
    try logits.withUnsafeBufferPointer { row throws(GenerationError) in
      try sampler.warp(row, after: history)
    }
    #expect(sampler.scores == [5, 3, 3.5, 5])
  }

  @Test func `logits that leave nothing are an error`() throws {
    var sampler = try Sampler(SamplingOptions())
    var options = SamplingOptions()
    options.banned = [0, 1]
    options.temperature = 1
    var banning = try Sampler(options)
    for logits: [Float] in [[.nan, 1], [1, .nan], [-.infinity, -.infinity]] {
      logits.withUnsafeBufferPointer { row in
        _ = #expect(throws: GenerationError.notFinite) {
          try sampler.choose(row, after: TokenHistory(prompt: []))
        }
      }
    }
    [Float(1), 2].withUnsafeBufferPointer { row in
      _ = #expect(throws: GenerationError.notFinite) {
        try banning.choose(row, after: TokenHistory(prompt: []))
      }
    }
  }

  @Test func `options that mean nothing are refused`() {
    func refused(_ change: (inout SamplingOptions) -> Void) -> Bool {
      var options = SamplingOptions()
      change(&options)
      return (try? options.check()) == nil
    }
    #expect(refused { $0.temperature = -1 })
    #expect(refused { $0.temperature = .nan })
    #expect(refused { $0.topP = 0 })
    #expect(refused { $0.topP = 1.5 })
    #expect(refused { $0.topK = -1 })
    #expect(refused { $0.minP = 2 })
    #expect(refused { $0.typicalP = 0 })
    #expect(refused { $0.repetitionPenalty = 0 })
    #expect(refused { $0.bias[1] = .nan })
    #expect(!refused { $0.bias[1] = -.infinity })
  }

  @Test func `log probabilities are those of the logits`() {
    let logits: [Float] = [1, 3, 2, 3]
    let found = logits.withUnsafeBufferPointer { LogProbabilities(of: 2, top: 3, in: $0) }
    let total = log(exp(1.0) + exp(3.0) * 2 + exp(2.0))
    #expect(abs(Double(found.chosen.value) - (2 - total)) < 1e-6)
    #expect(found.top.map(\.token) == [1, 3, 2])
  }
}
