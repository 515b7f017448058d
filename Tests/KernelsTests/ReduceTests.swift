import CKernels
import Foundation
import Testing

@Suite struct ReduceTests {
  static let shapes = [
    (1, 1, 1), (3, 0, 1), (2, 0, 5), (4, 7, 1), (2, 16, 1), (3, 17, 1), (2, 1000, 1), (1, 9, 63),
    (2, 5, 64), (3, 4, 65), (2, 33, 200), (1, 1, 3),
  ]

  static func run(
    _ kernels: Kernels, _ reduction: weft_reduction, _ x: [Float], _ shape: (Int, Int, Int),
    edge: Edge, ranges: [Range<Int>]? = nil
  ) -> [Float] {
    let (outer, axis, inner) = shape
    let from = GuardedBuffer(x, edge: edge)
    let out = GuardedBuffer<Float>(count: outer * inner, edge: edge)
    var args = weft_reduce_args(
      reduction: reduction, x: from.pointer, out: out.pointer, outer: outer, axis: axis,
      inner: inner)
    for range in ranges ?? [0..<outer * inner] {
      kernels.table.pointee.reduce(&args, range.lowerBound, range.upperBound)
    }
    return out.elements
  }

  static func define(_ reduction: weft_reduction, _ values: [Double]) -> Double {
    let sum = values.reduce(0, +)
    let broken = values.contains { $0.isNaN }
    switch reduction {
    case WEFT_REDUCE_SUM: return sum
    case WEFT_REDUCE_MEAN: return sum / Double(values.count)
    case WEFT_REDUCE_MAX: return broken ? .nan : values.max() ?? -.infinity
    default: return broken ? .nan : values.min() ?? .infinity
    }
  }

  @Test(
    arguments: Kernels.available,
    [WEFT_REDUCE_SUM, WEFT_REDUCE_MEAN, WEFT_REDUCE_MAX, WEFT_REDUCE_MIN])
  func `a reduction of any shape agrees with the definition`(
    kernels: Kernels, reduction: weft_reduction
  ) {
    for shape in Self.shapes {
      let (outer, axis, inner) = shape
      for edge in Edge.allCases {
        var random = SplitMix(axis * 31 + inner)
        var x = random.floats(outer * axis * inner, -3...3)
        if x.count > 8 { x[x.count / 2] = edge == .end ? .nan : .infinity }
        let expected = (0..<outer * inner).map { index in
          Self.define(
            reduction,
            (0..<axis).map { Double(x[(index / inner * axis + $0) * inner + index % inner]) })
        }
        let whole = Self.run(kernels, reduction, x, shape, edge: edge)
        #expect(largestError(whole, expected) < 1e-6, "\(shape)")
        let pieces = (0..<outer * inner).map { $0..<$0 + 1 }
        let split = Self.run(kernels, reduction, x, shape, edge: edge, ranges: pieces)
        #expect(bits(split) == bits(whole))
      }
    }
  }

  @Test(arguments: Kernels.available)
  func `a sum that f32 would lose is kept`(kernels: Kernels) {
    let x = [Float](repeating: 16_777_216, count: 1) + [Float](repeating: 1, count: 1000)
    #expect(Self.run(kernels, WEFT_REDUCE_SUM, x, (1, 1001, 1), edge: .end) == [16_778_216])
  }

  @Test(arguments: Kernels.available)
  func `argmax takes the first of the largest, and the first NaN before all`(kernels: Kernels) {
    for width in [1, 2, 15, 16, 17, 100] {
      var rows: [[Float]] = [
        [Float](repeating: -.infinity, count: width), (0..<width).map { Float($0 % 7) },
        (0..<width).map { -Float($0) }, (0..<width).map { Float($0) },
      ]
      if width > 2 { rows[3][2] = .nan }
      let x = GuardedBuffer(rows.flatMap { $0 }, edge: .end)
      let wide = GuardedBuffer<Int64>(count: 4, edge: .end)
      let narrow = GuardedBuffer<Int32>(count: 4, edge: .end)
      var args = weft_argmax_args(x: x.pointer, width: width, out: wide.pointer, wide: true)
      kernels.table.pointee.argmax(&args, 0, 4)
      args.out = UnsafeMutableRawPointer(narrow.pointer)
      args.wide = false
      kernels.table.pointee.argmax(&args, 0, 4)
      let expected = [0, min(6, width - 1), 0, width > 2 ? 2 : width - 1]
      #expect(wide.elements == expected.map(Int64.init))
      #expect(narrow.elements == expected.map(Int32.init))
    }
  }
}
