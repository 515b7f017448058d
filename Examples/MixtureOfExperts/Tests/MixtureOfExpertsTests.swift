import Foundation
import Testing
import WeftPlugin

// In Weft's own package the same sources have another name.
#if canImport(MixtureOfExperts)
  @testable import MixtureOfExperts
#else
  @testable import MixtureExample
#endif

@Suite struct `Mixture of experts` {
  static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "mixture.weft")

  func entry(
    _ model: String, _ settings: [String: String] = [:], threads: Int? = nil
  ) throws -> Entry {
    let registry = try Registry([StandardPlugin(), MixtureOfExpertsPlugin()])
    let small = ["width": "24", "inner": "40", "experts": "5", "chosen": "2"]
    return try Model(
      ModelSource(
        file: Self.file, settings: small.merging(settings) { $1 }, model: model),
      weights: .random(seed: 4), threads: threads, registry: registry
    ).entry()
  }

  private func expectClose(_ a: Tensor?, _ b: Tensor?, _ what: String) throws {
    let (a, b) = (try #require(a).doubles, try #require(b).doubles)
    #expect(a.count == b.count)
    let largest = b.map { abs($0) }.max() ?? 0
    for (x, y) in zip(a, b) { #expect(abs(x - y) <= 1e-5 * max(1, largest), "\(what)") }
  }

  @Test(arguments: [1, 2, 7, 56, 57, 300])
  func `it gives what Weft's own ops give, all experts computed`(tokens: Int) throws {
    let sparse = try entry("Mixture")
    let x = try sparse.randomInputs(bindings: ["tokens": tokens], seed: 9)
    try expectClose(sparse.run(x)["y"], entry("Dense").run(x)["y"], "\(tokens) tokens")
  }

  @Test(arguments: [["chosen": "1"], ["chosen": "5"], ["experts": "1", "chosen": "1"]])
  func `any number of experts may be asked`(settings: [String: String]) throws {
    let sparse = try entry("Mixture", settings)
    let x = try sparse.randomInputs(bindings: ["tokens": 33], seed: 2)
    try expectClose(sparse.run(x)["y"], entry("Dense", settings).run(x)["y"], "\(settings)")
  }

  /// The reference folds constants, so that numbers of a graph file reach it.
  @Test(arguments: [
    ([0, 9], [0, 1]), ([2, 1], [0, 1]), ([-1, 2], [0, 1]), ([0, 2], [0, 7]),
  ])
  func `a reference refuses places that aren't there`(starts: [Int], order: [Int]) throws {
    let weight = try Tensor(zeros: .f32, dims: [1, 2, 2])
    #expect(throws: EvaluationError.self) {
      try ExpertAnswers().evaluate([
        Tensor(zeros: .f32, dims: [2, 2]), Tensor(.i32, dims: [2], integers: order),
        Tensor(.i32, dims: [2], integers: starts), weight, weight, weight,
      ])
    }
  }

  @Test func `kernels give what the references say`() throws {
    let entry = try entry("Mixture", ["layers": "1"])
    let x = try entry.randomInputs(bindings: ["tokens": 70], seed: 1)
    var given = x
    for (value, parameter) in entry.graph.parameters {
      let weight = try RandomWeights(seed: 4).weight(for: parameter, type: value.type)
      given[parameter.name] = weight.tensor
    }
    let bound = try entry.graph.binding(["tokens": 70])
    try expectClose(
      entry.run(x)["y"], GraphInterpreter.outputs(of: bound, given: given)["y"], "reference")
  }

  @Test func `the same bytes with any number of threads`() throws {
    var first: [Double]?
    for threads in [1, 2, 3] {
      let entry = try entry("Mixture", threads: threads)
      let x = try entry.randomInputs(bindings: ["tokens": 211], seed: 3)
      let y = try #require(entry.run(x)["y"]).doubles
      #expect(first == nil || first == y)
      first = y
    }
  }

  /// What a route must be, whatever the logits: also where some are NaN or equal.
  @Test func `every answer has a token, and stands among its expert's`() throws {
    let (tokens, experts, k) = (50, 6, 3)
    var logits = (0..<tokens * experts).map { Double(($0 * 7919) % 13) - 6 }
    logits[5] = .nan
    for e in 0..<experts { logits[experts * 9 + e] = .nan }
    for e in 0..<experts { logits[experts * 11 + e] = 1 }
    let x = try Tensor(.f32, dims: [tokens, experts], doubles: logits)
    let results = try ExpertRoute(["k": .int(k)]).evaluate([x])
    let (places, order, starts) = (
      results[1].integers, results[2].integers, results[3].integers
    )
    #expect(Set(places) == Set(0..<tokens * k))
    #expect(starts.first == 0 && starts.last == tokens * k && starts == starts.sorted())
    for (i, place) in places.enumerated() { #expect(order[place] == i / k) }
    for token in 0..<tokens where ![0, 9, 11].contains(token) {
      let row = logits[token * experts..<(token + 1) * experts]
      let asked = places[token * k..<(token + 1) * k].map { place in
        starts.lastIndex { $0 <= place } ?? 0
      }
      let least = asked.map { row[row.startIndex + $0] }.min() ?? 0
      #expect(Set(asked).count == k)
      #expect(row.count { $0 > least } < k)
    }
  }

  @Test func `the residual is added in the sum, and stays where the sum has other uses`() throws {
    let graph = try entry("Mixture", ["layers": "1"]).compiled().graph
    let sums = graph.nodes.compactMap { $0.op as? ExpertSum }
    #expect(sums.map(\.hasResidual) == [true])
    #expect(!graph.nodes.contains { $0.op is Add })

    let registry = try Registry([StandardPlugin(), MixtureOfExpertsPlugin()])
    let (model, _) = GraphLanguage.elaborate(
      """
      model M {
        input a: f32[n, 4]
        input p: i32[t, 2]
        input s: f32[t, 2]
        input r: f32[t, 4]

        let y = expert_sum(a, p, s)
        output sum = y
        output more = y + r
      }
      """, name: "m.weft", ElaborationOptions(ops: registry.ops))
    let kept = try PassManager(registry.passes).compile(#require(model).entries[0])
    #expect(kept.graph.nodes.compactMap { $0.op as? ExpertSum }.map(\.hasResidual) == [false])
    #expect(
      kept.report.remarks.contains { $0.message.hasPrefix("residual not added in expert_sum") })
  }

  @Test func `what doesn't fit is refused`() throws {
    let f = { (dims: [Int]) in TensorType(.f32, Shape(dims)) }
    let i = { (dims: [Int]) in TensorType(.i32, Shape(dims)) }
    #expect(throws: OpError.self) { try ExpertRoute(["k": .int(0)]) }
    #expect(throws: OpError.self) { try ExpertRoute(["k": .int(4)]).resultTypes([f([2, 3])]) }
    let good = [f([9, 4]), i([18]), i([6]), f([5, 8, 4]), f([5, 8, 4]), f([5, 4, 8])]
    #expect(try ExpertAnswers().resultTypes(good) == [f([18, 4])])
    for (at, wrong) in [
      (0, f([9, 5])), (1, f([18])), (2, i([5])), (3, f([4, 8, 4])), (4, f([5, 7, 4])),
      (5, f([5, 8, 4])),
    ] {
      var types = good
      types[at] = wrong
      #expect(throws: OpError.self) { try ExpertAnswers().resultTypes(types) }
    }
    #expect(throws: OpError.self) {
      try ExpertSum(residual: false).resultTypes([f([18, 4]), i([9, 2]), f([9, 3])])
    }
  }

  @Test func `an order or a place that is none ends the run with its position`() throws {
    let registry = try Registry([StandardPlugin(), MixtureOfExpertsPlugin()])
    let (model, _) = GraphLanguage.elaborate(
      """
      model M {
        input x: f32[t, 4]
        input order: i32[a]
        input starts: i32[3]
        param gate: f32[2, 8, 4]
        param up: f32[2, 8, 4]
        param down: f32[2, 4, 8]

        output y = expert_answers(x, order, starts, gate, up, down)
      }
      """, name: "m.weft", ElaborationOptions(ops: registry.ops))
    let entry = try Model(#require(model), weights: .random(seed: 1), registry: registry).entry()
    let x = try Tensor(dims: [2, 4], floats: Array(repeating: 1, count: 8))
    func message(_ order: [Int], _ starts: [Int]) -> String {
      do {
        let y = try entry.run([
          "x": x, "order": Tensor(.i32, dims: [4], integers: order),
          "starts": Tensor(.i32, dims: [3], integers: starts),
        ])["y"]
        return "ran \(y?.count ?? 0)"
      } catch { return "\(error)" }
    }
    #expect(message([0, 1, 0, 1], [0, 2, 4]) == "ran 16")
    #expect(message([0, 1, 0, 7], [0, 2, 4]).contains("order[3] is no token"))
    #expect(message([0, 1, 0, -1], [0, 2, 4]).contains("order[3] is no token"))
    #expect(message([0, 1, 0, 1], [0, 9, 4]).contains("starts[0] begins no expert's answers"))
    #expect(message([0, 1, 0, 1], [0, 2, 1]).contains("starts[1] begins no expert's answers"))
    #expect(message([0, 1, 0, 1], [1, 2, 4]).contains("starts[0] begins no expert's answers"))
  }

  /// Printed where `WEFT_MIXTURE_TIMES` is set: runs in turn, in one process. They are no test.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["WEFT_MIXTURE_TIMES"] != nil))
  func `times`() throws {
    for (experts, chosen, width, inner) in [(8, 2, 512, 1024), (16, 2, 384, 768)] {
      let settings = [
        "experts": "\(experts)", "chosen": "\(chosen)", "width": "\(width)", "inner": "\(inner)",
        "layers": "2",
      ]
      let (sparse, dense) = (try entry("Mixture", settings), try entry("Dense", settings))
      for tokens in [1, 16, 128, 512] {
        let x = try sparse.randomInputs(bindings: ["tokens": tokens], seed: 1)
        func time(_ entry: Entry) throws -> Double {
          let start = ContinuousClock.now
          _ = try entry.run(x)
          return (ContinuousClock.now - start) / .milliseconds(1)
        }
        for _ in 0..<5 { _ = (try time(sparse), try time(dense)) }
        let pairs = try (0..<31).map { _ in (try time(sparse), try time(dense)) }
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        print(
          "\(experts) experts, \(chosen) chosen, \(width)×\(inner), \(tokens) tokens: mixture "
            + "\(median(pairs.map(\.0))) ms, dense \(median(pairs.map(\.1))) ms, ratio "
            + "\(median(pairs.map { $0.1 / $0.0 }))")
      }
    }
  }
}
