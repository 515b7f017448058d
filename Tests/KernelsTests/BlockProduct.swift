import CKernels
import Testing

/// The product of blocks in one way that this machine can run.
///
/// @unchecked: the table is a C constant.
struct BlockKernels: @unchecked Sendable, CustomTestStringConvertible {
  let table: UnsafePointer<weft_block_kernels>

  var testDescription: String { String(cString: table.pointee.name) }
  var registerRows: Int { table.pointee.mr }
  var panelWidth: Int { table.pointee.nr }

  static let available: [BlockKernels] = [
    WEFT_ISA_PORTABLE, WEFT_ISA_NEON, WEFT_ISA_AVX2, WEFT_ISA_AVX512,
  ].flatMap { isa in
    [false, true].compactMap { weft_block_kernels_for(isa, $0).map(BlockKernels.init) }
  }

  static let formats = [
    WEFT_Q8_0, WEFT_Q4_0, WEFT_Q4_1, WEFT_Q5_0, WEFT_Q5_1, WEFT_Q4_K, WEFT_Q5_K, WEFT_Q6_K,
  ]
}

/// A row of the left side rounded by the definition, 32 at a time: each operation in Float.
func roundedBlocks(_ x: [Float]) -> [Double] {
  stride(from: 0, to: x.count, by: 32).flatMap { start -> [Double] in
    let part = x[start..<start + 32]
    guard part.allSatisfy(\.isFinite) else { return part.map { _ in .nan } }
    let largest = part.map(\.magnitude).max() ?? 0
    if largest < 0x1p-110 { return part.map { _ in 0 } }
    let (scale, inverse) = (largest / 127, 127 / largest)
    return part.map { Double(scale) * Double(($0 * inverse).rounded(.toNearestOrEven)) }
  }
}

/// One product of blocks with its epilogue, in guarded memory and in Double.
struct BlockProduct {
  var format: weft_block_format
  var rows: Int
  /// In blocks.
  var blocks: Int
  var n: Int
  var seed: Int
  var epilogue = false
  var activation = WEFT_ACTIVATION_NONE
  var padding = 0

  var k: Int { blocks * weft_block_elements(format) }

  /// Random blocks: f16 between 2⁻⁷ and 2⁻⁴ with any sign, all else any bits.
  func weight() -> [UInt8] {
    var random = SplitMix(seed + 1000)
    let size = weft_block_bytes(format)
    var bytes = (0..<n * blocks * size).map { _ in UInt8(random.below(256)) }
    let halves = format == WEFT_Q6_K ? [208] : [0, 2]
    let hasMinimum =
      [WEFT_Q4_1, WEFT_Q5_1, WEFT_Q4_K, WEFT_Q5_K].contains(format)
    for block in 0..<n * blocks {
      for at in halves where at != 2 || hasMinimum {
        let half = 0x2000 + random.below(0x0c00) + 0x8000 * random.below(2)
        bytes[block * size + at] = UInt8(half & 255)
        bytes[block * size + at + 1] = UInt8(half >> 8)
      }
    }
    return bytes
  }

  private func panels(_ kernels: BlockKernels) -> Int {
    (n + kernels.panelWidth - 1) / kernels.panelWidth
  }

  /// The kernel's product, in calls for `rowRanges` × `panelRanges`; `fill` adds an epilogue.
  func multiply(
    _ kernels: BlockKernels, edge: Edge, x: [Float], weight: [UInt8],
    rowRanges: [Range<Int>]? = nil, panelRanges: [Range<Int>]? = nil, initial: [Float]? = nil,
    fill: (inout weft_gemm_args, UnsafeMutablePointer<Float>) -> Void = { _, _ in }
  ) -> [Float] {
    let table = kernels.table.pointee
    let (source, left) = (GuardedBuffer(weight, edge: edge), GuardedBuffer(x, edge: edge))
    let packed = GuardedBuffer<UInt8>(count: table.packed_size(format, k, n), edge: edge)
    var pack = weft_block_pack_args(
      format: format, source: UnsafeRawPointer(source.pointer), k: k, n: n,
      packed: UnsafeMutableRawPointer(packed.pointer),
      ahead: seed % 2 == 0 ? UnsafeRawPointer(source.pointer) : nil)
    for panel in 0..<panels(kernels) { table.pack(&pack, panel, panel + 1) }
    let quantized = GuardedBuffer<UInt8>(count: table.quantized_size(rows, k), edge: edge)
    let out = GuardedBuffer(initial ?? Array(repeating: .nan, count: rows * n), edge: edge)
    var quantize = weft_block_quantize_args(
      x: UnsafePointer(left.pointer), x_stride: k + padding, k: k,
      quantized: UnsafeMutableRawPointer(quantized.pointer))
    for range in rowRanges ?? [0..<rows] {
      table.quantize(&quantize, range.lowerBound, range.upperBound)
    }
    var args = weft_block_gemm_args()
    args.format = format
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

  /// x · Wᵀ of what the blocks stand for and the rounded rows of x, and the sums of the magnitudes.
  func definition(_ x: [Float], _ weight: [UInt8]) -> (sums: [Double], sizes: [Double]) {
    var reals = [Float](repeating: 0, count: n * k)
    weft_block_decode(format, weight, n * blocks, &reals)
    var (sums, sizes) = ([Double](), [Double]())
    for i in 0..<rows {
      let row = roundedBlocks(Array(x[i * (k + padding)..<i * (k + padding) + k]))
      for j in 0..<n {
        var (sum, size) = (0.0, 0.0)
        for t in 0..<k {
          let product = row[t] * Double(reals[j * k + t])
          sum += product
          size += product.magnitude
        }
        sums.append(sum)
        sizes.append(size)
      }
    }
    return (sums, sizes)
  }

  /// The largest error of the kernel on random numbers, as a share of 1 plus the magnitudes that it
  /// summed; infinite where only one of both is NaN.
  func error(_ kernels: BlockKernels, edge: Edge) -> Double {
    var random = SplitMix(seed)
    let x = random.floats(max(0, rows * (k + padding) - padding), -1...1.7)
    let weight = weight()
    let biases = GuardedBuffer(random.floats(n), edge: edge)
    let multipliers = GuardedBuffer(random.floats(rows * n), edge: edge)
    let residuals = random.floats(rows * n)
    let scale: Float = epilogue ? 0.75 : 1
    let actual = multiply(kernels, edge: edge, x: x, weight: weight, initial: residuals) {
      args, out in
      args.activation = activation
      args.scale = scale
      if !epilogue { return }
      args.bias = UnsafePointer(biases.pointer)
      args.multiplier = UnsafePointer(multipliers.pointer)
      args.multiplier_stride = n
      args.residual = UnsafePointer(out)
      args.residual_stride = n
    }
    let (sums, sizes) = definition(x, weight)
    var largest = 0.0
    for i in 0..<rows * n {
      var y = Double(scale) * sums[i] + (epilogue ? Double(biases.pointer[i % n]) : 0)
      y = Product.activate(activation, y)
      if epilogue { y = y * Double(multipliers.pointer[i]) + Double(residuals[i]) }
      let error = (Double(actual[i]) - y).magnitude / (1 + sizes[i])
      largest = error.isNaN ? .infinity : max(largest, error)
    }
    return largest
  }
}
