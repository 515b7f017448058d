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
    for (heads, size, rotary) in [(1, 2, 0), (3, 8, 0), (2, 34, 0), (2, 10, 4), (4, 64, 0)] {
      let x = try samples.tensor(.f32, [2, 7, heads * size])
      try KernelHarness.check(
        Rotary(heads: heads, interleaved: interleaved, rotarySize: rotary), [x])
      let op = Rotary(
        heads: heads, positions: true, base: 500, interleaved: interleaved, rotarySize: rotary)
      let places = try Tensor(.i32, dims: [7], integers: [0, 5, 3, 100, 2047, 1, 70000])
      try KernelHarness.check(op, [x, places], tolerance: .init(relative: 4e-6, absolute: 4e-6))
      let each = try Tensor(.i64, dims: [2, 7], integers: Array(0..<14))
      try KernelHarness.check(op, [x, each], tolerance: .init(relative: 4e-6, absolute: 4e-6))
    }
  }

  @Test func `rotary turns pairs and slows them by its scaling`() throws {
    let x = try Tensor(.f32, dims: [1, 2, 4], doubles: [1, 2, 3, 4, 1, 2, 3, 4])
    let turned = try Rotary(heads: 1).evaluate([x])[0].doubles
    #expect(turned[0..<4] == [1, 2, 3, 4])
    // cos 1 − 3 sin 1, and 3 cos 1 + sin 1.
    #expect((turned[4] - -1.984_110_65).magnitude < 1e-6)
    #expect((turned[6] - 2.462_377_9).magnitude < 1e-6)
    var scaled = Rotary(heads: 1)
    scaled.scaling = .linear
    scaled.factor = 4
    #expect(scaled.frequencies(pairs: 2) == [0.25, 0.0025])
    scaled.scaling = .llama3
    scaled.base = 500_000
    scaled.factor = 8
    let llama = scaled.frequencies(pairs: 64)
    #expect(llama[0] == 1)
    #expect((llama[63] * 8 * 406_000 - 1).magnitude < 0.01)
    try KernelHarness.check(scaled, [x])
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
