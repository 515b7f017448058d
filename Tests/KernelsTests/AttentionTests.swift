import CKernels
import Foundation
import Testing

/// One head of attention, in guarded memory and in Double.
struct Head {
  enum Mask { case none, shared, each }

  var queries: Int
  var keys: Int
  var headSize: Int
  var valueSize: Int
  var causal = false
  var offset = 0
  var window = 0
  var mask = Mask.none
  var bias = false
  var softcap: Float = 0
  var seed = 1
  var padding = 0
  /// From these queries the mask of each hides every key.
  var blind = 0..<0
  /// Only numbers that bf16 holds, and scores that are whole in units of log₂: weights are powers of 2.
  var whole = false

  func run(
    _ kernels: some AttentionKernels, edge: Edge, ranges: [Range<Int>]? = nil
  ) -> (actual: [Float], expected: [Double]) {
    var random = SplitMix(seed)
    func strided(_ tokens: Int, _ size: Int) -> [Float] {
      let count = max(0, tokens * (size + padding) - padding)
      return whole
        ? (0..<count).map { _ in Float(random.below(5)) - 2 } : random.floats(count, -2...2)
    }
    let query = strided(queries, headSize)
    let key = strided(keys, headSize)
    let value = strided(keys, valueSize)
    let maskRows = mask == .each ? queries : 1
    let masks = (0..<maskRows * keys).map { i in
      let isHidden = random.below(4) == 0 || mask == .each && blind.contains(i / keys)
      return UInt8(isHidden ? 0 : 255)
    }
    var biases = whole ? Array(repeating: 0, count: queries * keys) : random.floats(queries * keys)
    for index in biases.indices where random.below(9) == 0 { biases[index] = -.infinity }

    let q = GuardedBuffer(query, edge: edge)
    let k = GuardedBuffer(key, edge: edge)
    let v = GuardedBuffer(value, edge: edge)
    let m = GuardedBuffer(masks, edge: edge)
    let b = GuardedBuffer(biases, edge: edge)
    let out = GuardedBuffer<Float>(count: queries * valueSize, edge: edge)
    var args = weft_attention_args()
    args.query = UnsafePointer(q.pointer)
    args.key = UnsafeRawPointer(k.pointer)
    args.value = UnsafeRawPointer(v.pointer)
    args.out = out.pointer
    args.query_stride = headSize + padding
    args.key_stride = headSize + padding
    args.value_stride = valueSize + padding
    args.out_stride = valueSize
    args.queries = queries
    args.keys = keys
    args.head_size = headSize
    args.value_size = valueSize
    args.scale = whole ? Float(log(2.0)) : 0.4
    args.softcap = softcap
    args.causal = causal
    args.causal_offset = offset
    args.window = window
    if mask != .none { args.mask = UnsafePointer(m.pointer) }
    args.mask_stride = mask == .each ? keys : 0
    if bias { args.bias = UnsafePointer(b.pointer) }
    args.bias_stride = keys
    let scratch = GuardedBuffer<UInt8>(count: kernels.scratch(&args), edge: edge)
    for range in ranges ?? [0..<queries] { kernels.attend(&args, range, scratch.pointer) }

    func read(_ x: Float) -> Double { Double(kernels.rounded(x)) }
    let log2e = Float(M_LOG2E)
    var expected: [Double] = []
    for i in 0..<queries {
      var scores = [Double](repeating: -.infinity, count: keys)
      for j in 0..<keys {
        if causal && j > i + offset { continue }
        if window > 0 && j <= i + offset - window { continue }
        if mask != .none && masks[(mask == .each ? i * keys : 0) + j] == 0 { continue }
        var dot = 0.0
        for d in 0..<headSize {
          dot +=
            read(query[i * (headSize + padding) + d] * (args.scale * log2e))
            * read(key[j * (headSize + padding) + d])
        }
        var score = dot / M_LOG2E
        if softcap > 0 { score = Double(softcap) * tanh(score / Double(softcap)) }
        scores[j] = score + (bias ? Double(biases[i * keys + j]) : 0)
      }
      let top = scores.max() ?? -.infinity
      let weights = scores.map { top == -.infinity ? 0 : exp($0 - top) }
      let sum = weights.reduce(0, +)
      for d in 0..<valueSize {
        var y = 0.0
        for j in 0..<keys { y += weights[j] * read(value[j * (valueSize + padding) + d]) }
        expected.append(sum == 0 ? 0 : y / sum)
      }
    }
    return (out.elements, expected)
  }
}

/// What computes one head of attention.
protocol AttentionKernels {
  func scratch(_ args: inout weft_attention_args) -> Int
  func attend(
    _ args: inout weft_attention_args, _ queries: Range<Int>, _ scratch: UnsafeMutableRawPointer)
  /// What a product takes instead of x.
  func rounded(_ x: Float) -> Float
}

extension Kernels: AttentionKernels {
  func scratch(_ args: inout weft_attention_args) -> Int { table.pointee.attention_scratch(&args) }
  func attend(
    _ args: inout weft_attention_args, _ queries: Range<Int>, _ scratch: UnsafeMutableRawPointer
  ) { table.pointee.attention(&args, queries.lowerBound, queries.upperBound, scratch) }
  func rounded(_ x: Float) -> Float { x }
}

@Suite struct AttentionTests {
  static let heads: [Head] = {
    var heads: [Head] = []
    let sizes = [
      (1, 1, 1, 1), (1, 37, 64, 64), (2, 129, 20, 17), (3, 300, 65, 33), (4, 5, 8, 8), (5, 0, 4, 4),
      (16, 16, 32, 32), (17, 128, 31, 15), (33, 129, 40, 24), (70, 300, 64, 64), (128, 128, 32, 32),
    ]
    for (index, (queries, keys, headSize, valueSize)) in sizes.enumerated() {
      let plain = Head(
        queries: queries, keys: keys, headSize: headSize, valueSize: valueSize, seed: index,
        padding: index % 2 * 5)
      heads.append(plain)
      for offset in [keys - queries, 0, -3] {
        var head = plain
        head.causal = true
        head.offset = offset
        heads.append(head)
        head.window = 7
        head.mask = .each
        heads.append(head)
        head.causal = false
        head.mask = .shared
        heads.append(head)
      }
      for mask in [Head.Mask.none, .shared, .each] {
        var head = plain
        head.mask = mask
        head.bias = true
        heads.append(head)
        head.bias = false
        heads.append(head)
        head.softcap = 3
        heads.append(head)
        head.bias = true
        head.causal = true
        head.offset = keys - queries
        head.window = 9
        heads.append(head)
      }
    }
    return heads
  }()

  @Test(arguments: Kernels.available, Edge.allCases)
  func `attention of any shape agrees with the definition`(kernels: Kernels, edge: Edge) {
    for head in Self.heads {
      let (actual, expected) = head.run(kernels, edge: edge)
      #expect(largestError(actual, expected) < 5e-6, "\(head)")
    }
  }

  @Test(arguments: Kernels.available)
  func `a query has the same bytes however queries are split`(kernels: Kernels) {
    for head in Self.heads where head.queries > 1 {
      let whole = head.run(kernels, edge: .end).actual
      let single = head.run(kernels, edge: .end, ranges: (0..<head.queries).map { $0..<$0 + 1 })
      #expect(bits(single.actual) == bits(whole), "\(head)")
      let middle = head.queries / 3
      let halves = head.run(kernels, edge: .end, ranges: [0..<middle, middle..<head.queries])
      #expect(bits(halves.actual) == bits(whole), "\(head)")
    }
  }

  @Test(arguments: Kernels.available)
  func `a query that sees no key gets zeros`(kernels: Kernels) {
    for queries in [2, 40] {
      let head = Head(
        queries: queries, keys: 12, headSize: 8, valueSize: 8, causal: true, offset: -queries)
      #expect(head.run(kernels, edge: .end).actual.allSatisfy { $0 == 0 })
    }
  }

  @Test(arguments: Kernels.available)
  func `scores far from zero neither overflow nor vanish`(kernels: Kernels) {
    for queries in [1, 33] {
      var head = Head(queries: queries, keys: 200, headSize: 16, valueSize: 4, seed: 9)
      head.bias = true
      let table = kernels.table.pointee
      let q = [Float](repeating: 60, count: queries * 16)
      var k = [Float](repeating: 60, count: 200 * 16)
      for d in 0..<16 { k[150 * 16 + d] = 61 }
      let v = (0..<200 * 4).map { Float($0 / 4) }
      var out = [Float](repeating: 0, count: queries * 4)
      var args = weft_attention_args()
      args.query_stride = 16
      args.key_stride = 16
      args.value_stride = 4
      args.out_stride = 4
      args.queries = queries
      args.keys = 200
      args.head_size = 16
      args.value_size = 4
      args.scale = 1
      let scratch = GuardedBuffer<UInt8>(count: table.attention_scratch(&args), edge: .end)
      q.withUnsafeBufferPointer { q in
        k.withUnsafeBufferPointer { k in
          v.withUnsafeBufferPointer { v in
            out.withUnsafeMutableBufferPointer { out in
              args.query = q.baseAddress
              args.key = k.baseAddress.map { UnsafeRawPointer($0) }
              args.value = v.baseAddress.map { UnsafeRawPointer($0) }
              args.out = out.baseAddress
              table.attention(&args, 0, queries, scratch.pointer)
            }
          }
        }
      }
      #expect(out.allSatisfy { $0 == 150 })
    }
  }
}
