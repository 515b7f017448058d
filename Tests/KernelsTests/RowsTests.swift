import CKernels
import Foundation
import Testing

@Suite struct RowsTests {
  static let widths = [1, 3, 4, 7, 8, 15, 16, 17, 33, 63, 64, 65, 384, 1000]
  static let rows = 3

  /// A norm in guarded memory: the outputs, the sums, and the definition of the outputs.
  static func norm(
    _ kernels: Kernels, rms: Bool, width: Int, residual: Bool, affine: Bool, sums: Bool, edge: Edge,
    ranges: [Range<Int>] = [0..<rows], offset: Float = 0
  ) -> (actual: [Float], sums: [Float], expected: [Double], expectedSums: [Double]) {
    var random = SplitMix(width)
    let x = random.floats(rows * width, (offset - 1)...(offset + 1))
    let r = random.floats(rows * width)
    let gamma = random.floats(width)
    let beta = random.floats(width)
    let xs = GuardedBuffer(x, edge: edge)
    let rs = GuardedBuffer(r, edge: edge)
    let gammas = GuardedBuffer(gamma, edge: edge)
    let betas = GuardedBuffer(beta, edge: edge)
    let out = GuardedBuffer<Float>(count: rows * width, edge: edge)
    let sum = GuardedBuffer<Float>(count: rows * width, edge: edge)
    var args = weft_norm_args()
    args.x = UnsafePointer(xs.pointer)
    if residual { args.residual = UnsafePointer(rs.pointer) }
    if affine {
      args.gamma = UnsafePointer(gammas.pointer)
      args.beta = UnsafePointer(betas.pointer)
    }
    args.out = out.pointer
    if sums { args.sum_out = sum.pointer }
    args.x_stride = width
    args.residual_stride = width
    args.out_stride = width
    args.sum_stride = width
    args.width = width
    args.epsilon = 1e-5
    for range in ranges {
      if rms {
        kernels.table.pointee.rms_norm(&args, range.lowerBound, range.upperBound)
      } else {
        kernels.table.pointee.layer_norm(&args, range.lowerBound, range.upperBound)
      }
    }
    var expected: [Double] = []
    var expectedSums: [Double] = []
    for row in 0..<rows {
      let s = (0..<width).map { column -> Double in
        let index = row * width + column
        return Double(residual ? x[index] + r[index] : x[index])
      }
      let mean = rms ? 0 : s.reduce(0, +) / Double(width)
      let variance = s.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(width)
      for column in 0..<width {
        var y = (s[column] - mean) / (variance + Double(args.epsilon)).squareRoot()
        if affine { y = y * Double(gamma[column]) + (rms ? 0 : Double(beta[column])) }
        expected.append(y)
      }
      expectedSums += s
    }
    return (out.elements, sum.elements, expected, expectedSums)
  }

  @Test(arguments: Kernels.available, Edge.allCases)
  func `norms of any width agree with the definition`(kernels: Kernels, edge: Edge) {
    for width in Self.widths {
      for variant in 0..<8 {
        for rms in [false, true] {
          let result = Self.norm(
            kernels, rms: rms, width: width, residual: variant & 1 != 0, affine: variant & 2 != 0,
            sums: variant & 4 != 0, edge: edge)
          // With one element the mean is that element, and the difference is rounding alone.
          #expect(largestError(result.actual, result.expected) < 1e-5, "\(width) \(variant) \(rms)")
          if variant & 4 != 0 { #expect(result.sums.map(Double.init) == result.expectedSums) }
        }
      }
    }
  }

  @Test(arguments: Kernels.available)
  func `the variance is right far from zero`(kernels: Kernels) {
    let result = Self.norm(
      kernels, rms: false, width: 384, residual: false, affine: true, sums: false, edge: .end,
      offset: 1000)
    #expect(largestError(result.actual, result.expected) < 3e-4)
  }

  @Test(arguments: Kernels.available)
  func `rows have the same bytes however they are split`(kernels: Kernels) {
    for rms in [false, true] {
      func run(_ ranges: [Range<Int>]) -> [UInt32] {
        bits(
          Self.norm(
            kernels, rms: rms, width: 77, residual: true, affine: true, sums: false, edge: .end,
            ranges: ranges
          ).actual)
      }
      #expect(run([0..<3]) == run([2..<3, 0..<1, 1..<2]))
    }
  }

  @Test(arguments: Kernels.available, Edge.allCases)
  func `softmax agrees with the definition, in place as well`(kernels: Kernels, edge: Edge) {
    for width in Self.widths {
      var random = SplitMix(width)
      var x = random.floats(Self.rows * width, -20...20)
      if width > 3 {
        x[1] = -.infinity
        x[2 * width] = .nan
        for column in 0..<width { x[width + column] = -.infinity }
      }
      let values = GuardedBuffer(x, edge: edge)
      kernels.table.pointee.softmax(values.pointer, values.pointer, width, 0, Self.rows)
      var expected: [Double] = []
      for row in 0..<Self.rows {
        let s = x[row * width..<(row + 1) * width].map(Double.init)
        let top = s.filter { !$0.isNaN }.max() ?? 0
        let e = s.map { top == -.infinity ? 0 : exp($0 - top) }
        let sum = e.reduce(0, +)
        expected += e.map { sum == 0 ? 0 : $0 / sum }
      }
      #expect(largestError(values.elements, expected) < 1e-6, "\(width)")
    }
  }

  @Test(arguments: Kernels.available, Edge.allCases)
  func `l2_normalize agrees with the definition`(kernels: Kernels, edge: Edge) {
    for width in Self.widths {
      var random = SplitMix(width)
      var x = random.floats(Self.rows * width)
      for column in 0..<width {
        x[width + column] *= 1e-30
        x[2 * width + column] *= 1e25
      }
      let values = GuardedBuffer(x, edge: edge)
      let out = GuardedBuffer<Float>(count: x.count, edge: edge)
      kernels.table.pointee.l2_normalize(values.pointer, out.pointer, width, 1e-12, 0, Self.rows)
      var expected: [Double] = []
      for row in 0..<Self.rows {
        let s = x[row * width..<(row + 1) * width].map(Double.init)
        let norm = s.map { $0 * $0 }.reduce(0, +).squareRoot()
        expected += s.map { $0 / max(norm, Double(Float(1e-12))) }
      }
      #expect(largestError(out.elements, expected) < 1e-7)
    }
  }
}
