import CKernels
import Foundation
import Testing

/// The product of bytes in one way that this machine can run.
///
/// @unchecked: the table is a C constant.
struct Int8Kernels: @unchecked Sendable, CustomTestStringConvertible {
  let table: UnsafePointer<weft_int8_kernels>

  var testDescription: String { String(cString: table.pointee.name) }
  var registerRows: Int { table.pointee.mr }
  var panelWidth: Int { table.pointee.nr }

  static let available: [Int8Kernels] = [
    WEFT_ISA_PORTABLE, WEFT_ISA_NEON, WEFT_ISA_AVX2, WEFT_ISA_AVX512,
  ].flatMap { isa in
    [false, true].compactMap { weft_int8_kernels_for(isa, $0).map(Int8Kernels.init) }
  }
}

/// A row of the left side rounded to bytes by the definition: each operation in Float.
struct RoundedRow {
  let scale: Float
  let zero: Int
  let q: [Int]

  init(_ x: [Float]) {
    let (low, high) = (min(x.min() ?? 0, 0), max(x.max() ?? 0, 0))
    let range = high - low
    let inverse: Float = range < 0x1p-110 ? 0 : 255 / range
    let zero = Int((-low * inverse).rounded(.toNearestOrEven))
    scale = range < 0x1p-110 ? 0 : range / 255
    q = x.map { min(255, Int(($0 * inverse).rounded(.toNearestOrEven)) + zero) }
    self.zero = zero
  }

  /// What the bytes stand for.
  var values: [Float] { q.map { scale * Float($0 - zero) } }
}

/// One product of bytes with its epilogue, in guarded memory and in exact integers.
struct Int8Product {
  var rows: Int
  var k: Int
  var n: Int
  var seed: Int
  var epilogue = false
  var activation = WEFT_ACTIVATION_NONE
  /// Whether the weight is stored [n, k].
  var transposed = true
  var padding = 0

  private func pack(
    _ kernels: Int8Kernels, edge: Edge, weight: [Int8], scales: [Float]
  ) -> GuardedBuffer<UInt8> {
    let table = kernels.table.pointee
    let packed = GuardedBuffer<UInt8>(count: table.packed_size(k, n), edge: edge)
    let source = GuardedBuffer(weight, edge: edge)
    let scaleBuffer = GuardedBuffer(scales, edge: edge)
    var pack = weft_int8_pack_args()
    pack.source = UnsafePointer(source.pointer)
    pack.row_stride = transposed ? 1 : n
    pack.column_stride = transposed ? k : 1
    pack.scales = UnsafeRawPointer(scaleBuffer.pointer)
    pack.k = k
    pack.n = n
    pack.packed = UnsafeMutableRawPointer(packed.pointer)
    for panel in 0..<panels(kernels) { table.pack(&pack, panel, panel + 1) }
    return packed
  }

  private func panels(_ kernels: Int8Kernels) -> Int {
    (n + kernels.panelWidth - 1) / kernels.panelWidth
  }

  /// The kernel's product, in calls for `rowRanges` × `panelRanges`; `fill` adds an epilogue.
  func multiply(
    _ kernels: Int8Kernels, edge: Edge, x: [Float], weight: [Int8], scales: [Float],
    rowRanges: [Range<Int>]? = nil, panelRanges: [Range<Int>]? = nil, initial: [Float]? = nil,
    fill: (inout weft_gemm_args, UnsafeMutablePointer<Float>) -> Void = { _, _ in }
  ) -> [Float] {
    let table = kernels.table.pointee
    let packed = pack(kernels, edge: edge, weight: weight, scales: scales)
    let left = GuardedBuffer(x, edge: edge)
    let quantized = GuardedBuffer<UInt8>(count: table.quantized_size(rows, k), edge: edge)
    let out = GuardedBuffer(initial ?? Array(repeating: .nan, count: rows * n), edge: edge)
    var quantize = weft_int8_quantize_args()
    quantize.x = UnsafePointer(left.pointer)
    quantize.x_stride = k + padding
    quantize.k = k
    quantize.quantized = UnsafeMutableRawPointer(quantized.pointer)
    for range in rowRanges ?? [0..<rows] {
      table.quantize(&quantize, range.lowerBound, range.upperBound)
    }
    var args = weft_int8_gemm_args()
    args.quantized = UnsafeRawPointer(quantized.pointer)
    args.packed = UnsafeRawPointer(packed.pointer)
    args.product.c = out.pointer
    args.product.c_stride = n
    args.product.k = k
    args.product.n = n
    args.product.scale = 1
    fill(&args.product, out.pointer)
    for rowRange in rowRanges ?? [0..<rows] {
      for panelRange in panelRanges ?? [0..<panels(kernels)] {
        table.gemm(
          &args, rowRange.lowerBound, rowRange.upperBound, panelRange.lowerBound,
          panelRange.upperBound)
      }
    }
    return out.elements
  }

  /// The result of the kernel on random numbers, and the definition's.
  func run(
    _ kernels: Int8Kernels, edge: Edge, rowRanges: [Range<Int>]? = nil,
    panelRanges: [Range<Int>]? = nil
  ) -> (actual: [Float], expected: [Double]) {
    var random = SplitMix(seed)
    let stride = k + padding
    let x = random.floats(max(0, rows * stride - padding), -1...1.7)
    let weight = (0..<k * n).map { _ in Int8(truncatingIfNeeded: random.below(256)) }
    let scales = random.floats(n, 0.001...0.004)
    let biases = GuardedBuffer(random.floats(n), edge: edge)
    let multipliers = GuardedBuffer(random.floats(rows * n), edge: edge)
    let residuals = random.floats(rows * n)
    let scale: Float = epilogue ? 0.75 : 1
    let actual = multiply(
      kernels, edge: edge, x: x, weight: weight, scales: scales, rowRanges: rowRanges,
      panelRanges: panelRanges, initial: residuals
    ) { args, out in
      args.activation = activation
      args.scale = scale
      if !epilogue { return }
      args.bias = UnsafePointer(biases.pointer)
      args.multiplier = UnsafePointer(multipliers.pointer)
      args.multiplier_stride = n
      args.residual = UnsafePointer(out)
      args.residual_stride = n
    }
    var expected: [Double] = []
    for i in 0..<rows {
      let row = RoundedRow(Array(x[i * stride..<i * stride + k]))
      for j in 0..<n {
        var sum = 0
        for t in 0..<k {
          sum += (row.q[t] - row.zero) * Int(weight[transposed ? j * k + t : t * n + j])
        }
        var y = Double(scale) * Double(row.scale) * Double(scales[j]) * Double(sum)
        y = Product.activate(activation, y + (epilogue ? Double(biases.pointer[j]) : 0))
        if epilogue {
          y = y * Double(multipliers.pointer[i * n + j]) + Double(residuals[i * n + j])
        }
        expected.append(y)
      }
    }
    return (actual, expected)
  }
}
