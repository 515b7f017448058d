import Compiler
import Executor
import IR
import Operators
import Tensors
import Testing

/// What is appended to states, and attention that reads them.
@Suite struct StateTests {
  private static let tolerance = KernelHarness.Tolerance(relative: 4e-6, absolute: 4e-6)

  private func numbers(_ numbers: [Int]) throws -> Tensor {
    try Tensor(.i32, dims: [numbers.count], integers: numbers)
  }

  @Test func `rows go to their places and the rest stays`() throws {
    var samples = Samples()
    for (tokens, width) in [(1, 1), (3, 17), (70, 64)] {
      let state = try samples.tensor(.f32, [3, 40, width])
      let x = try samples.tensor(.f32, [1, tokens, width])
      let slots = try numbers((0..<tokens).map { $0 / 30 })
      let positions = try numbers((0..<tokens).map { ($0 * 7 + 3) % 40 })
      try KernelHarness.check(
        Append(), [state, x, slots, positions], tolerance: .exact)
    }
  }

  @Test func `a later row for the same place stays`() throws {
    let state = try Tensor(zeros: .f32, dims: [1, 2, 1])
    let x = try Tensor(.f32, dims: [1, 2, 1], doubles: [3, 4])
    let after = try Append().evaluate([state, x, numbers([0, 0]), numbers([1, 1])])[0]
    #expect(after.doubles == [0, 4])
  }

  @Test func `a token sees what stands in its slot up to its position`() throws {
    // One head of one element: equal scores, so the result is the mean of the values that are seen.
    let keys = try Tensor(zeros: .f32, dims: [2, 4, 1])
    let values = try Tensor(.f32, dims: [2, 4, 1], doubles: [1, 3, 5, 100, 10, 20, 100, 100])
    let q = try Tensor(.f32, dims: [1, 4, 1], doubles: [1, 1, 1, 1])
    let operands = [q, keys, values, try numbers([0, 0, 1, 1]), try numbers([0, 2, 1, 0])]
    #expect(try CachedAttention(heads: 1).evaluate(operands)[0].doubles == [1, 3, 15, 10])
    #expect(
      try CachedAttention(heads: 1, window: 2).evaluate(operands)[0].doubles == [1, 4, 15, 10])
    try KernelHarness.check(CachedAttention(heads: 1), operands, tolerance: Self.tolerance)
  }

  /// Slots and positions of sequences that each append some tokens after so many.
  private func places(_ runs: [(slot: Int, after: Int, count: Int)]) throws -> (Tensor, Tensor) {
    (
      try numbers(runs.flatMap { Array(repeating: $0.slot, count: $0.count) }),
      try numbers(runs.flatMap { Array($0.after..<$0.after + $0.count) })
    )
  }

  @Test(arguments: [
    [(0, 0, 1)], [(2, 139, 1)], [(0, 0, 60)], [(1, 70, 70)],
    [(0, 3, 1), (1, 0, 50), (2, 128, 5), (3, 17, 1)],
  ])
  func `attention over a cache equals its reference`(
    runs: [(slot: Int, after: Int, count: Int)]
  ) throws {
    var samples = Samples(seed: UInt64(runs.count))
    let (slots, positions) = try places(runs)
    let tokens = slots.count
    for (heads, keyHeads, size, valueSize) in [(2, 2, 8, 8), (6, 2, 17, 5), (8, 1, 64, 64)] {
      let q = try samples.tensor(.f32, [1, tokens, heads * size], scale: 1)
      let k = try samples.tensor(.f32, [4, 140, keyHeads * size], scale: 1)
      let v = try samples.tensor(.f32, [4, 140, keyHeads * valueSize], scale: 1)
      for window in [0, 1, 40] {
        try KernelHarness.check(
          CachedAttention(heads: heads, kvHeads: keyHeads, window: window),
          [q, k, v, slots, positions], tolerance: Self.tolerance)
        try KernelHarness.check(
          CachedAttention(heads: heads, kvHeads: keyHeads, window: window, softcap: 0.7),
          [q, k, v, slots, positions], tolerance: Self.tolerance)
      }
    }
  }

  @Test func `a place that the state doesn't have fails the run`() throws {
    let state = try Tensor(zeros: .f32, dims: [2, 3, 4])
    let x = try Tensor(zeros: .f32, dims: [1, 2, 4])
    let outside = "position 3 at [1] is outside the state's capacity of 3 tokens"
    let unknown = "slot 2 at [0] is none of the state's 2"
    for (slots, positions, message) in [
      ([0, 1], [0, 3], outside), ([2, 0], [0, 1], unknown), ([-1, 0], [0, 0], nil),
      ([0, 0], [0, -1], nil), ([1, 1], [2, 3], outside),
    ] {
      let (slots, positions) = (try numbers(slots), try numbers(positions))
      let said =
        try KernelHarness.faults(Append(), [state, x, slots, positions])
        + KernelHarness.faults(
          CachedAttention(heads: 2), [x, state, state, slots, positions])
      #expect(said.allSatisfy { message == nil ? $0 != "none" : $0 == message }, "\(said)")
      #expect(throws: EvaluationError.self) {
        try Append().evaluate([state, x, slots, positions])
      }
    }
  }

  @Test func `operands that don't fit are refused`() throws {
    let state = TensorType(.f32, [2, 3, 4])
    let x = TensorType(.f32, [1, 5, 4])
    let ids = TensorType(.i32, [5])
    #expect(try Append().resultTypes([state, x, ids, ids]) == [state])
    let wrong: [[TensorType]] = [
      [state, TensorType(.f32, [2, 5, 4]), ids, ids],
      [state, TensorType(.f32, [1, 5, 3]), ids, ids],
      [state, x, TensorType(.i32, [4]), ids], [state, x, ids, TensorType(.f32, [5])],
      [TensorType(.f16, [2, 3, 4]), x, ids, ids], [TensorType(.f32, [2, 4]), x, ids, ids],
      [state, x, ids],
    ]
    for operands in wrong {
      #expect(throws: OpError.self) { try Append().resultTypes(operands) }
    }
    let op = CachedAttention(heads: 4, kvHeads: 2)
    let q = TensorType(.f32, [1, 5, 8])
    #expect(try op.resultTypes([q, state, state, ids, ids]) == [q])
    for operands in [
      [q, TensorType(.f32, [2, 3, 8]), state, ids, ids], [x, state, state, ids, ids],
      [q, state, TensorType(.f32, [2, 4, 4]), ids, ids],
      [TensorType(.f32, [2, 5, 8]), state, state, ids, ids],
    ] {
      #expect(throws: OpError.self) { try op.resultTypes(operands) }
    }
  }

  /// keys' = append(keys, k), values' = append(values, v), cached_attention(q, keys', values').
  private func graph(heads: Int, keyHeads: Int, size: Int) throws -> Graph {
    var b = GraphBuilder(name: "main")
    let tokens = Dim(symbol: "tokens")
    let state = TensorType(
      .f32, Shape([Dim(symbol: "slots"), Dim(symbol: "capacity"), Dim(keyHeads * size)]))
    let q = b.input("q", TensorType(.f32, Shape([1, tokens, Dim(heads * size)])))
    let k = b.input("k", TensorType(.f32, Shape([1, tokens, Dim(keyHeads * size)])))
    let v = b.input("v", TensorType(.f32, Shape([1, tokens, Dim(keyHeads * size)])))
    let slots = b.input("slots", TensorType(.i32, Shape([tokens])))
    let positions = b.input("positions", TensorType(.i32, Shape([tokens])))
    let keys = try b.add(Append(), [b.state("keys", state), k, slots, positions])[0]
    let values = try b.add(Append(), [b.state("values", state), v, slots, positions])[0]
    let op = CachedAttention(heads: heads, kvHeads: keyHeads)
    b.output("y", try b.add(op, [q, keys, values, slots, positions])[0])
    return b.graph()
  }

  /// The reals that a row of a state in `format` says, by the format's definition.
  private func rows(_ storage: Storage, _ format: StateFormat, dims: [Int]) throws -> Tensor {
    let count = dims.reduce(1, *)
    let bytes = storage.base
    let values: [Double] = (0..<count).map { i in
      switch format {
      case .f32: return Double(bytes.load(fromByteOffset: 4 * i, as: Float.self))
      case .f16: return half(bytes.load(fromByteOffset: 2 * i, as: UInt16.self))
      case .q8:
        let block = i / 32 * 34
        let scale = half(bytes.loadUnaligned(fromByteOffset: block, as: UInt16.self))
        return scale * Double(bytes.load(fromByteOffset: block + 2 + i % 32, as: Int8.self))
      }
    }
    return try Tensor(.f32, dims: dims, doubles: values)
  }

  private func half(_ bits: UInt16) -> Double {
    let (sign, exponent, fraction) = (bits >> 15, Int(bits >> 10 & 31), Double(bits & 1023))
    if exponent == 31 { return fraction == 0 ? (sign == 0 ? .infinity : -.infinity) : .nan }
    let magnitude =
      exponent == 0
      ? fraction * 0x1p-24
      : (1 + fraction / 1024) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    return sign == 0 ? magnitude : -magnitude
  }

  @Test(arguments: StateFormat.allCases)
  func `a cache in any format is what was appended, rounded`(_ format: StateFormat) throws {
    let graph = try graph(heads: 6, keyHeads: 2, size: 32)
    var samples = Samples(seed: 7)
    for table in KernelHarness.tables {
      let planner = GraphPlanner(
        try PassManager([]).compile(graph), weights: NoParameters(), table: table)
      let executor = PlanExecutor(threads: 2)
      let dims = [2, 200, 64]
      let states = try (0..<2).map { _ in try Storage(zeroPages: format.byteCount(dims)) }
      var exact = try (0..<2).map { _ in try Tensor(zeros: .f32, dims: dims) }
      // A long piece of one sequence, one of the other, then single tokens of both.
      for runs in [[(0, 0, 150), (1, 0, 3)], [(0, 150, 1), (1, 3, 1)], [(1, 4, 2), (0, 151, 1)]] {
        let (slots, positions) = try places(runs)
        let tokens = slots.count
        let q = try samples.tensor(.f32, [1, tokens, 192], scale: 1)
        let new = try (0..<2).map { _ in try samples.tensor(.f32, [1, tokens, 64], scale: 1) }
        let planned = try planner.plan(
          for: ["tokens": tokens, "slots": 2, "capacity": 200], states: format)
        let y = try executor.run(
          planned.plan, inputs: [q, new[0], new[1], slots, positions], states: states)[0]
        let stored = try states.map { try rows($0, format, dims: dims) }
        for i in 0..<2 {
          exact[i] = try Append().evaluate([exact[i], new[i], slots, positions])[0]
          // Half a step of 127 for the largest, 1, and what rounding the scale to f16 adds at it.
          let steps: [StateFormat: Double] = [.f32: 0, .f16: 0x1p-11, .q8: 1.0 / 254 + 0x1p-11]
          let step = try #require(steps[format])
          for (a, b) in zip(exact[i].doubles, stored[i].doubles) { #expect(abs(a - b) <= step) }
        }
        let op = CachedAttention(heads: 6, kvHeads: 2)
        let expected = try op.evaluate([q, stored[0], stored[1], slots, positions])[0]
        let difference = KernelHarness.firstDifference(y, expected, Self.tolerance)
        #expect(difference == nil, "\(table.name)")
      }
    }
  }

  @Test(arguments: StateFormat.allCases, [Double.nan, .infinity, -.infinity])
  func `what is no number in a cache stays none`(_ format: StateFormat, _ wrong: Double) throws {
    let graph = try graph(heads: 2, keyHeads: 2, size: 32)
    let (dims, places) = ([1, 4, 64], try numbers([0]))
    for table in KernelHarness.tables {
      let planner = GraphPlanner(
        try PassManager([]).compile(graph), weights: NoParameters(), table: table)
      let planned = try planner.plan(
        for: ["tokens": 1, "slots": 1, "capacity": 4], states: format)
      for place in [0, 3, 17, 31, 40] {
        var keys = [Double](repeating: 0.5, count: 64)
        keys[place] = wrong
        let ones = try Tensor(
          .f32, dims: [1, 1, 64], doubles: [Double](repeating: 1, count: 64))
        let states = try (0..<2).map { _ in try Storage(zeroPages: format.byteCount(dims)) }
        _ = try PlanExecutor(threads: 1).run(
          planned.plan,
          inputs: [ones, Tensor(.f32, dims: [1, 1, 64], doubles: keys), ones, places, places],
          states: states)
        let stored = try rows(states[0], format, dims: dims).doubles
        #expect(!stored[place].isFinite, "\(table.name) at \(place)")
        #expect(abs(stored[place < 32 ? 63 : 0] - 0.5) < 0.01)
      }
    }
  }

  @Test func `a row that isn't made of whole blocks can't be stored in blocks`() throws {
    let planner = GraphPlanner(
      try PassManager([]).compile(try graph(heads: 2, keyHeads: 2, size: 8)),
      weights: NoParameters(), table: KernelHarness.tables[0])
    let bindings: Bindings = ["tokens": 1, "slots": 1, "capacity": 4]
    #expect(throws: PlanningError.self) { try planner.plan(for: bindings, states: .q8) }
    #expect(
      try planner.plan(for: bindings, states: .f16).plan.states.map(\.byteCount) == [128, 128])
  }

  private struct NoParameters: WeightSource {
    func weight(for parameter: Parameter, type: TensorType) throws -> StoredWeight {
      throw TensorError.negativeExtent([])
    }
  }
}
