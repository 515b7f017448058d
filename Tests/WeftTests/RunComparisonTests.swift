import Foundation
import Testing

@testable import Weft

/// Two models in lockstep.
@Suite struct `Run comparisons` {
  private func weights(_ model: Model) throws -> [String: StoredWeight] {
    var weights: [String: StoredWeight] = [:]
    for (parameter, type) in Model.parameters(of: model.definition) {
      weights[parameter.name] = try model.shared.weights.weight(for: parameter, type: type)
    }
    return weights
  }

  @Test(arguments: Reference.all)
  func `a model doesn't differ from itself`(_ reference: Reference) throws {
    let comparison = try RunComparison(
      of: reference.model().entry(), with: reference.model(threads: 1).entry(),
      on: reference.inputs(), tolerance: 0)
    #expect(comparison.rows.count > 10)
    #expect(comparison.rows.allSatisfy { $0.max == 0 && $0.mean == 0 && $0.relative == 0 })
    #expect(comparison.rows.allSatisfy { abs($0.cosine - 1) <= 1e-12 })
    #expect(comparison.first == nil && comparison.unmatched.isEmpty)
    #expect(comparison.text.contains("all \(comparison.rows.count) values agree"))
  }

  @Test(arguments: [
    "encoder.layer.0.attention.self.key", "encoder.layer.1.intermediate.dense",
    "encoder.layer.1.output.LayerNorm", "pooler.dense",
  ])
  func `the first value that differs is that of the layer that was changed`(layer: String) throws {
    let reference = try Reference.named("bert")
    let model = try reference.model()
    var changed = try weights(model)
    let bias = try #require(changed[layer + ".bias"]?.tensor)
    changed[layer + ".bias"] = .dense(
      try Tensor(dims: bias.dims, floats: bias.floats.map { $0 + 0.5 }))
    let other = Model(model, weights: HeldWeights(weights: changed))
    let comparison = try RunComparison(
      of: model.entry(), with: other.entry(), on: reference.inputs())
    let first = try #require(comparison.first)
    #expect(
      first.path == layer || layer.hasSuffix("output.LayerNorm") && layer.hasPrefix(first.path))
    #expect(abs(first.max - 0.5) <= 1e-5 && abs(first.mean - 0.5) <= 1e-5)
    #expect(first.line?.contains(".weft:") == true)
    #expect(comparison.worst.map { $0.relative >= first.relative } == true)
    let before = comparison.rows.prefix { $0 != first }
    #expect(before.allSatisfy { $0.max == 0 })
  }

  @Test func `few values at once give the same rows`() throws {
    let reference = try Reference.named("gpt2")
    let model = try reference.model()
    let quantized = try ModelQuantizer(model).quantize().model
    func rows(_ limit: Int) throws -> [RunComparison.Row] {
      var counts: [Int] = []
      let comparison = try RunComparison(
        of: model.entry(), with: quantized.entry(), on: reference.inputs(), byteLimit: limit
      ) {
        counts.append($0)
        #expect($1 >= $0)
      }
      #expect(counts == Array(1...comparison.rows.count))
      return comparison.rows
    }
    let all = try rows(1 << 28)
    #expect(all.count > 20)
    #expect(try rows(0) == all)
    #expect(try rows(10_000) == all)
    // Something is rounded, but not much.
    let last = try #require(all.last)
    #expect(last.name == "logits" && (1e-5...0.2).contains(last.relative) && last.cosine > 0.98)
    #expect(all.first { $0.path == "transformer.h.0.ln_1" }?.max == 0)
  }

  @Test func `values that only one has are named`() throws {
    let options = ElaborationOptions(ops: try Registry.standard().ops)
    func model(_ text: String) throws -> Model {
      let (definition, diagnostics) = GraphLanguage.elaborate(text, name: "m.weft", options)
      return try Model(
        try #require(definition, "\(diagnostics)"), weights: .random(seed: 1), registry: .standard()
      )
    }
    let a = try model(
      "model M { input x: f32[n, 4]\n let y = exp(x)\n let z = y[:, 0]\n let w = z + 1.0\n output o = w * 2.0 }"
    )
    let b = try model(
      "model M { input x: f32[n, 4]\n let y = exp(x)\n let w = y + 1.0\n output o = w[:, 0] * 2.0 }"
    )
    let comparison = try RunComparison(
      of: a.entry(), with: b.entry(),
      on: ["x": Tensor(dims: [2, 4], floats: (0..<8).map { Float($0) })])
    #expect(comparison.rows.map(\.address) == ["y", "o"])
    #expect(comparison.unmatched == ["w"])
    #expect(comparison.text.contains("1 value without a counterpart of the same extents: w"))
    #expect(comparison.rows.map(\.line) == ["m.weft:2", "m.weft:5"])
  }

  @Test func `differences are what they are called`() throws {
    let a = try Tensor(dims: [4], floats: [3, 4, 0, 0])
    let b = try Tensor(dims: [4], floats: [3, 4, 0, 5])
    let difference = ValueDifference(a, b)
    #expect(difference.largest == 5 && difference.mean == 1.25 && difference.relative == 1)
    #expect(abs(difference.cosine - 25 / (25 * 50.0).squareRoot()) <= 1e-12)
    let zero = try Tensor(zeros: .f32, dims: [4])
    #expect(ValueDifference(zero, zero).cosine == 1 && ValueDifference(zero, zero).relative == 0)
    #expect(ValueDifference(zero, a).relative == .infinity && ValueDifference(zero, a).cosine == 0)
    let nan = try Tensor(dims: [2], floats: [.nan, 1])
    let infinite = try Tensor(dims: [2], floats: [.infinity, 1])
    #expect(ValueDifference(nan, nan).largest == 0)
    #expect(ValueDifference(infinite, infinite).largest == 0)
    #expect(ValueDifference(infinite, nan).largest.isNaN)
  }
}
