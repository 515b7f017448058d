import Tensors
import Testing

@testable import Operators

@Suite struct PositionTests {
  @Test func `sinusoidal positions alternate or stand side by side`() throws {
    for interleaved in [false, true] {
      try KernelHarness.check(
        try SinusoidalPositions(count: 17, width: 10, interleaved: interleaved), [])
    }
    let op = try SinusoidalPositions(count: 2, width: 4, base: 100)
    let values = try op.evaluate([])[0].doubles
    let expected = [0, 1, 0, 1, 0.841_470_98, 0.540_302_31, 0.099_833_42, 0.995_004_17]
    for (a, b) in zip(values, expected) { #expect((a - b).magnitude < 1e-7) }
  }

  @Test(arguments: [false, true])
  func `rotary equals its reference`(interleaved: Bool) throws {
    var samples = Samples(seed: 15)
    for (heads, size, turned) in [(1, 2, 2), (3, 8, 8), (2, 34, 34), (2, 10, 4), (4, 64, 64)] {
      let x = try samples.tensor(.f32, [2, 7, heads * size])
      let op = Rotary(heads: heads, interleaved: interleaved)
      try KernelHarness.check(op, [x, try samples.tensor(.f32, [7, turned])])
      try KernelHarness.check(op, [x, try samples.tensor(.f32, [2, 7, turned])])
    }
  }

  @Test func `rotary turns pairs by angles`() throws {
    let x = try Tensor(.f32, dims: [1, 2, 6], doubles: [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6])
    let (c, s) = (Math.cos(1), Math.sin(1))
    let turns = try Tensor(.f32, dims: [2, 4], doubles: [1, 1, 0, 0, c, 1, s, 0])
    let halves = try Rotary(heads: 1).evaluate([x, turns])[0].doubles
    #expect(halves[0..<6] == [1, 2, 3, 4, 5, 6])
    #expect((halves[6] - (c - 3 * s)).magnitude < 1e-6 && halves[7] == 2)
    #expect((halves[8] - (3 * c + s)).magnitude < 1e-6 && halves[9...] == [4, 5, 6])
    let pairs = try Rotary(heads: 1, interleaved: true).evaluate([x, turns])[0].doubles
    #expect((pairs[6] - (c - 2 * s)).magnitude < 1e-6)
    #expect((pairs[7] - (2 * c + s)).magnitude < 1e-6 && pairs[8...] == [3, 4, 5, 6])
  }

  @Test func `relative positions fall into T5's buckets`() throws {
    for bidirectional in [false, true] {
      try KernelHarness.check(
        try RelativePositionBuckets(
          queries: 9, keys: 12, buckets: 8, maxDistance: 10, bidirectional: bidirectional), [])
    }
    // From transformers' T5Attention._relative_position_bucket.
    let both = try RelativePositionBuckets(queries: 1, keys: 1)
    #expect(
      [-200, -127, -64, -16, -8, -7, 0, 1, 7, 8, 16, 64, 127, 200].map(both.bucket) == [
        15, 15, 14, 10, 8, 7, 0, 17, 23, 24, 26, 30, 31, 31,
      ])
    let past = try RelativePositionBuckets(queries: 1, keys: 1, bidirectional: false)
    #expect(
      [5, 0, -1, -15, -16, -32, -64, -127, -128].map(past.bucket) == [
        0, 0, 1, 15, 16, 21, 26, 31, 31,
      ])
  }
}
