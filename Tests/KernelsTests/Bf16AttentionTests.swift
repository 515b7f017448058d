import CKernels
import Testing

/// Attention with products in bf16 on one instruction set that this machine can run.
///
/// @unchecked: the table is a C constant.
struct Bf16Kernels: @unchecked Sendable, CustomTestStringConvertible {
  let table: UnsafePointer<weft_bf16_kernels>

  var testDescription: String { String(cString: table.pointee.name) }

  static let available: [Bf16Kernels] = [
    WEFT_ISA_PORTABLE, WEFT_ISA_NEON, WEFT_ISA_AVX2, WEFT_ISA_AVX512,
  ].compactMap { weft_bf16_kernels_for($0).map(Bf16Kernels.init) }
}

extension Bf16Kernels: AttentionKernels {
  func scratch(_ args: inout weft_attention_args) -> Int { table.pointee.attention_scratch(&args) }
  func attend(
    _ args: inout weft_attention_args, _ queries: Range<Int>, _ scratch: UnsafeMutableRawPointer
  ) { table.pointee.attention(&args, queries.lowerBound, queries.upperBound, scratch) }
  /// To nearest, ties to even.
  func rounded(_ x: Float) -> Float {
    let bits = x.bitPattern
    return Float(bitPattern: (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000)
  }
}

/// Nothing runs where no instruction set of the machine has the products.
@Suite struct Bf16AttentionTests {
  /// Those of the products in f32, more blocks of queries than are worked on together, and a block
  /// between others that has nothing to do.
  static let heads =
    AttentionTests.heads
    + [
      Head(
        queries: 150, keys: 140, headSize: 32, valueSize: 40, mask: .each, blind: 32..<64)
    ]
    + [(150, 150, 32, 32, false), (300, 300, 32, 32, false), (290, 140, 33, 20, true)].map {
      Head(
        queries: $0.0, keys: $0.1, headSize: $0.2, valueSize: $0.3, causal: $0.4,
        offset: $0.1 - $0.0, seed: $0.0)
    }

  @Test(arguments: Bf16Kernels.available, Edge.allCases)
  func `numbers that bf16 holds give exact results`(kernels: Bf16Kernels, edge: Edge) {
    for var head in Self.heads {
      head.whole = true
      head.softcap = 0
      let (actual, expected) = head.run(kernels, edge: edge)
      #expect(largestError(actual, expected) < 1e-6, "\(head)")
    }
  }

  /// Each weight is within 2⁻⁹ + 10⁻⁴ of itself, and the values within 4 of each other.
  @Test(arguments: Bf16Kernels.available, Edge.allCases)
  func `attention agrees with the definition`(kernels: Bf16Kernels, edge: Edge) {
    for head in Self.heads {
      let (actual, expected) = head.run(kernels, edge: edge)
      #expect(largestError(actual, expected) < 4 * (0x1p-9 + 1e-4), "\(head)")
    }
  }

  @Test(arguments: Bf16Kernels.available)
  func `a query has the same bytes however queries are split`(kernels: Bf16Kernels) {
    for head in Self.heads where head.queries > 1 {
      let whole = head.run(kernels, edge: .end).actual
      let single = head.run(kernels, edge: .end, ranges: (0..<head.queries).map { $0..<$0 + 1 })
      #expect(bits(single.actual) == bits(whole), "\(head)")
      let middle = head.queries / 3
      let halves = head.run(kernels, edge: .end, ranges: [0..<middle, middle..<head.queries])
      #expect(bits(halves.actual) == bits(whole), "\(head)")
    }
  }

  @Test(arguments: Bf16Kernels.available)
  func `a query that sees no key gets zeros`(kernels: Bf16Kernels) {
    for queries in [2, 40] {
      let head = Head(
        queries: queries, keys: 12, headSize: 8, valueSize: 8, causal: true, offset: -queries)
      #expect(head.run(kernels, edge: .end).actual.allSatisfy { $0 == 0 })
    }
  }

  /// With one key a result is its value, rounded.
  @Test(arguments: Bf16Kernels.available)
  func `values are rounded to the nearest, of two to the even one`(kernels: Bf16Kernels) {
    var random = SplitMix(3)
    var values: [Float] = [1, 1.00390625, 1.01171875, -1.00390625, 0, 0x1p-130, 3e38]
    values += random.floats(250, -1000...1000)
    var args = weft_attention_args()
    let out = GuardedBuffer<Float>(count: values.count, edge: .end)
    let (one, v) = (GuardedBuffer<Float>([1], edge: .end), GuardedBuffer(values, edge: .end))
    args.query = UnsafePointer(one.pointer)
    args.key = UnsafeRawPointer(one.pointer)
    args.value = UnsafeRawPointer(v.pointer)
    args.out = out.pointer
    (args.queries, args.keys, args.head_size, args.value_size) = (1, 1, 1, values.count)
    args.scale = 1
    let scratch = GuardedBuffer<UInt8>(count: kernels.scratch(&args), edge: .end)
    kernels.attend(&args, 0..<1, scratch.pointer)
    // Below 2⁻¹²⁶ all is 0.
    let expected = values.map { abs($0) < 0x1p-126 ? 0 : kernels.rounded($0) }
    #expect(out.elements == expected)
  }

  @Test(arguments: Bf16Kernels.available)
  func `NaN reaches the queries that see it`(kernels: Bf16Kernels) {
    for place in ["query", "key", "value"] {
      var q = [Float](repeating: 0.5, count: 40 * 8)
      var (k, v) = (q, q)
      switch place {
      case "query": q[3 * 8] = .nan
      case "key": k[3 * 8] = .nan
      default: v[3 * 8] = .nan
      }
      let (a, b, c) = (
        GuardedBuffer(q, edge: .end), GuardedBuffer(k, edge: .end), GuardedBuffer(v, edge: .end)
      )
      let out = GuardedBuffer<Float>(count: 40 * 8, edge: .end)
      var args = weft_attention_args()
      args.query = UnsafePointer(a.pointer)
      args.key = UnsafeRawPointer(b.pointer)
      args.value = UnsafeRawPointer(c.pointer)
      args.out = out.pointer
      (args.query_stride, args.key_stride, args.value_stride, args.out_stride) = (8, 8, 8, 8)
      (args.queries, args.keys, args.head_size, args.value_size) = (40, 40, 8, 8)
      args.scale = 1
      let scratch = GuardedBuffer<UInt8>(count: kernels.scratch(&args), edge: .end)
      kernels.attend(&args, 0..<40, scratch.pointer)
      for (i, x) in out.elements.enumerated() {
        let isHit = place == "query" ? i / 8 == 3 : place == "key" ? true : i % 8 == 0
        #expect(x.isNaN == isHit, "\(place) \(i)")
      }
    }
  }
}
