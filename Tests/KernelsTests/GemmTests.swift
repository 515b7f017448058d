import CKernels
import Foundation
import Testing

/// One matrix product with its epilogue, in guarded memory and in Double.
struct Product {
  var rows: Int
  var k: Int
  var n: Int
  var seed: Int
  var bias = false
  var multiplier = false
  var residual = false
  var scale: Float = 1
  var activation = WEFT_ACTIVATION_NONE
  var type = WEFT_F32
  var transposed = false
  var padding = 0
  /// Whether packed elements stay as they are stored.
  var keepsType = false

  static func activate(_ activation: weft_activation, _ x: Double) -> Double {
    switch activation {
    case WEFT_ACTIVATION_RELU: x.isNaN ? x : max(x, 0)
    case WEFT_ACTIVATION_GELU_ERF: x / 2 * (1 + erf(x / 2.0.squareRoot()))
    case WEFT_ACTIVATION_GELU_TANH:
      x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case WEFT_ACTIVATION_SILU: x / (1 + exp(-x))
    case WEFT_ACTIVATION_SIGMOID: 1 / (1 + exp(-x))
    case WEFT_ACTIVATION_TANH: tanh(x)
    default: x
    }
  }

  /// The bytes of a weight in its type, and the values that they stand for.
  static func stored(_ values: [Float], as type: weft_dtype) -> (bytes: [UInt8], values: [Float]) {
    switch type {
    case WEFT_F16:
      let halves = values.map { Half.encode($0) }
      return (halves.withUnsafeBytes { Array($0) }, halves.map { Float(Half.decode($0)) })
    case WEFT_BF16:
      let halves = values.map { UInt16($0.bitPattern >> 16) }
      let exact = halves.map { Float(bitPattern: UInt32($0) << 16) }
      return (halves.withUnsafeBytes { Array($0) }, exact)
    default: return (values.withUnsafeBytes { Array($0) }, values)
    }
  }

  /// The result of the kernel, in calls for `rowRanges` × `panelRanges`; and the definition.
  func run(
    _ kernels: Kernels, edge: Edge, rowRanges: [Range<Int>]? = nil, panelRanges: [Range<Int>]? = nil
  ) -> (actual: [Float], expected: [Double]) {
    let table = kernels.table.pointee
    var random = SplitMix(seed)
    let stride = k + padding
    let a = random.floats(max(0, rows * stride - padding))
    let weight = Self.stored(random.floats(k * n), as: type)
    let biases = random.floats(n)
    let multipliers = random.floats(rows * n)
    let residuals = random.floats(rows * n)
    func weightAt(_ i: Int, _ j: Int) -> Float { weight.values[transposed ? j * k + i : i * n + j] }

    let source = GuardedBuffer(weight.bytes, edge: edge)
    let packedType = keepsType ? type : WEFT_F32
    let packed = GuardedBuffer<UInt8>(
      count: table.gemm_packed_size(k, n) * weft_dtype_size(packedType), edge: edge)
    let panels = (n + kernels.lanes - 1) / kernels.lanes
    var pack = weft_gemm_pack_args(
      source: source.pointer, type: type, row_stride: transposed ? 1 : n,
      column_stride: transposed ? k : 1, k: k, n: n, packed: packed.pointer,
      packed_type: packedType, ahead: nil)
    for panel in 0..<panels { table.gemm_pack(&pack, panel, panel + 1) }

    let left = GuardedBuffer(a, edge: edge)
    let out = GuardedBuffer(residuals, edge: edge)
    let biasBuffer = GuardedBuffer(biases, edge: edge)
    let multiplierBuffer = GuardedBuffer(multipliers, edge: edge)
    var args = weft_gemm_args()
    args.a = UnsafePointer(left.pointer)
    args.a_stride = stride
    args.packed = UnsafeRawPointer(packed.pointer)
    args.packed_type = packedType
    args.c = out.pointer
    args.c_stride = n
    args.k = k
    args.n = n
    args.scale = scale
    args.activation = activation
    if bias { args.bias = UnsafePointer(biasBuffer.pointer) }
    if multiplier { args.multiplier = UnsafePointer(multiplierBuffer.pointer) }
    args.multiplier_stride = n
    if residual { args.residual = UnsafePointer(out.pointer) }
    args.residual_stride = n
    for rowRange in rowRanges ?? [0..<rows] {
      for panelRange in panelRanges ?? [0..<panels] {
        table.gemm(
          &args, rowRange.lowerBound, rowRange.upperBound, panelRange.lowerBound,
          panelRange.upperBound)
      }
    }

    var expected: [Double] = []
    for i in 0..<rows {
      for j in 0..<n {
        var sum = 0.0
        for x in 0..<k { sum += Double(a[i * stride + x]) * Double(weightAt(x, j)) }
        var y = Self.activate(
          activation, Double(scale) * sum + (bias ? Double(biases[j]) : 0))
        if multiplier { y *= Double(multipliers[i * n + j]) }
        if residual { y += Double(residuals[i * n + j]) }
        expected.append(y)
      }
    }
    return (out.elements, expected)
  }
}

@Suite struct GemmTests {
  static let activations = [
    WEFT_ACTIVATION_NONE, WEFT_ACTIVATION_RELU, WEFT_ACTIVATION_GELU_ERF,
    WEFT_ACTIVATION_GELU_TANH, WEFT_ACTIVATION_SILU, WEFT_ACTIVATION_SIGMOID, WEFT_ACTIVATION_TANH,
  ]

  @Test(arguments: Kernels.available, Edge.allCases)
  func `a product of any size agrees with the definition`(kernels: Kernels, edge: Edge) {
    let nr = kernels.lanes
    let mr = Int(kernels.table.pointee.gemm_mr)
    var seed = 0
    for rows in [1, 2, 3, 4, 5, mr - 1, mr, mr + 1, 2 * mr + 1] {
      for k in [0, 1, 7, 16, 33] {
        for n in [1, nr / 2, nr - 1, nr, nr + 1, 2 * nr, 4 * nr + 3] {
          seed += 1
          var product = Product(rows: rows, k: k, n: n, seed: seed)
          product.bias = seed % 2 == 0
          product.multiplier = seed % 3 == 0
          product.residual = seed % 5 < 2
          product.scale = seed % 4 == 0 ? 0.3 : 1
          product.activation = seed % 2 == 0 ? Self.activations[seed / 2 % 7] : WEFT_ACTIVATION_NONE
          product.type = [WEFT_F32, WEFT_F16, WEFT_BF16][seed % 3]
          product.transposed = seed / 3 % 2 == 0
          product.padding = seed % 2 * 3
          let (actual, expected) = product.run(kernels, edge: edge)
          #expect(largestError(actual, expected) < 4e-6, "\(product)")
        }
      }
    }
  }

  @Test(arguments: Kernels.available, activations)
  func `every activation passes through whole and cut tiles`(
    kernels: Kernels, activation: weft_activation
  ) {
    var product = Product(rows: 19, k: 40, n: 2 * kernels.lanes + 5, seed: 3)
    product.activation = activation
    product.scale = 3
    product.bias = true
    let (actual, expected) = product.run(kernels, edge: .end)
    #expect(largestError(actual, expected) < 4e-6)
  }

  @Test(arguments: Kernels.available)
  func `a row has the same bytes however rows and panels are split`(kernels: Kernels) {
    for variant in 0..<3 {
      var product = Product(rows: 37, k: 65, n: 4 * kernels.lanes + 5, seed: 8 + variant)
      product.bias = true
      product.residual = variant > 0
      product.activation = variant == 2 ? WEFT_ACTIVATION_GELU_ERF : WEFT_ACTIVATION_NONE
      let whole = product.run(kernels, edge: .end).actual
      let single = product.run(
        kernels, edge: .end, rowRanges: (0..<37).map { $0..<$0 + 1 },
        panelRanges: (0..<5).map { $0..<$0 + 1 }
      ).actual
      let ragged = product.run(
        kernels, edge: .end, rowRanges: [0..<2, 2..<5, 5..<9, 9..<14, 14..<37],
        panelRanges: [0..<3, 3..<3, 3..<5]
      ).actual
      #expect(bits(single) == bits(whole))
      #expect(bits(ragged) == bits(whole))
    }
  }

  @Test(arguments: Kernels.available)
  func `a long product with rows a power of two apart is exact to its chain`(kernels: Kernels) {
    var product = Product(rows: 29, k: 2048, n: 5 * kernels.lanes - 1, seed: 21)
    product.bias = true
    product.multiplier = true
    product.residual = true
    let (actual, expected) = product.run(kernels, edge: .end)
    #expect(largestError(actual, expected) < 3e-5)
    let split = product.run(kernels, edge: .start, rowRanges: [0..<1, 1..<12, 12..<29]).actual
    #expect(bits(split) == bits(actual))
  }

  @Test(arguments: Kernels.available, Edge.allCases)
  func `elements of 16 bits that are widened in registers give the same bytes`(
    kernels: Kernels, edge: Edge
  ) {
    let nr = kernels.lanes
    for type in [WEFT_F16, WEFT_BF16] {
      for rows in [1, 2, 3, 4, 5, 29] {
        for (k, n) in [(7, nr - 1), (33, 2 * nr), (40, 4 * nr + 3)] {
          var product = Product(rows: rows, k: k, n: n, seed: rows * k, type: type)
          product.transposed = rows % 2 == 0
          let widened = product.run(kernels, edge: edge).actual
          product.keepsType = true
          #expect(bits(product.run(kernels, edge: edge).actual) == bits(widened), "\(product)")
        }
      }
    }
  }

  @Test(arguments: Kernels.available)
  func `a long inner dimension is one chain, whatever the parts`(kernels: Kernels) {
    let nr = kernels.lanes
    // 1024: rows of A that collide in the cache; 1700: more than one part.
    for (rows, k, n) in [(6, 1024, nr + 1), (75, 1700, 9 * nr + 5), (5, 3072, 2 * nr)] {
      var product = Product(rows: rows, k: k, n: n, seed: k, bias: true, residual: true)
      product.activation = WEFT_ACTIVATION_RELU
      let (whole, expected) = product.run(kernels, edge: .end)
      #expect(largestError(whole, expected) < 1e-4, "\(product)")
      let panels = (n + nr - 1) / nr
      let split = product.run(
        kernels, edge: .start, rowRanges: [0..<5, 5..<rows], panelRanges: [0..<1, 1..<panels])
      #expect(bits(split.actual) == bits(whole), "\(product)")
    }
  }

  @Test(arguments: Kernels.available)
  func `NaN and infinity stay in their row and column`(kernels: Kernels) {
    let table = kernels.table.pointee
    let (rows, k, n) = (5, 3, kernels.lanes + 2)
    var a = [Float](repeating: 1, count: rows * k)
    a[1 * k] = .nan
    a[3 * k + 1] = .infinity
    let b = [Float](repeating: 2, count: k * n)
    let packed = GuardedBuffer<Float>(count: table.gemm_packed_size(k, n), edge: .end)
    let source = GuardedBuffer(b, edge: .end)
    var pack = weft_gemm_pack_args(
      source: source.pointer, type: WEFT_F32, row_stride: n, column_stride: 1, k: k, n: n,
      packed: packed.pointer, packed_type: WEFT_F32, ahead: nil)
    table.gemm_pack(&pack, 0, 2)
    let left = GuardedBuffer(a, edge: .end)
    let out = GuardedBuffer<Float>(count: rows * n, edge: .end)
    var args = weft_gemm_args()
    args.a = UnsafePointer(left.pointer)
    args.a_stride = k
    args.packed = UnsafeRawPointer(packed.pointer)
    args.c = out.pointer
    args.c_stride = n
    args.k = k
    args.n = n
    args.scale = 1
    table.gemm(&args, 0, rows, 0, 2)
    for j in 0..<n {
      #expect(out.pointer[j] == 6)
      #expect(out.pointer[n + j].isNaN)
      #expect(out.pointer[3 * n + j] == .infinity)
      #expect(out.pointer[4 * n + j] == 6)
    }
  }

  @Test(arguments: Kernels.available)
  func `a source of any strides packs like its dense copy`(kernels: Kernels) {
    let table = kernels.table.pointee
    let (k, n) = (11, kernels.lanes + 3)
    var random = SplitMix(5)
    let source = random.floats(k * n * 6)
    let size = table.gemm_packed_size(k, n)
    let strided = GuardedBuffer<Float>(count: size, edge: .end)
    var args = weft_gemm_pack_args(
      source: nil, type: WEFT_F32, row_stride: 3, column_stride: 2 * 3 * k, k: k, n: n,
      packed: strided.pointer, packed_type: WEFT_F32, ahead: nil)
    source.withUnsafeBytes {
      args.source = $0.baseAddress
      table.gemm_pack(&args, 0, 2)
    }
    for j in 0..<size / k {
      for i in 0..<k {
        let at = j / kernels.lanes * kernels.lanes * k + i * kernels.lanes + j % kernels.lanes
        #expect(strided.pointer[at] == (j < n ? source[i * 3 + j * 6 * k] : 0))
      }
    }
  }

  @Test(arguments: Kernels.available)
  func `16 bits are packed as they are, NaN's bits and all`(kernels: Kernels) {
    let table = kernels.table.pointee
    let nr = kernels.lanes
    for (k, n) in [(1, nr), (31, nr), (32, 2 * nr), (65, nr + 1), (96, 2 * nr - 1), (40, 1)] {
      let source = (0..<k * n).map { UInt16(truncatingIfNeeded: $0 * 40503 + 7) }
      for type in [WEFT_F16, WEFT_BF16] {
        let from = GuardedBuffer(source, edge: k % 2 == 0 ? .end : .start)
        let packed = GuardedBuffer<UInt16>(count: table.gemm_packed_size(k, n), edge: .end)
        var args = weft_gemm_pack_args(
          source: UnsafeRawPointer(from.pointer), type: type, row_stride: 1, column_stride: k, k: k,
          n: n, packed: packed.pointer, packed_type: type, ahead: k == 96 ? from.pointer : nil)
        table.gemm_pack(&args, 0, (n + nr - 1) / nr)
        var wrong = 0
        for j in 0..<packed.elements.count / k {
          for i in 0..<k {
            let actual = packed.pointer[j / nr * nr * k + i * nr + j % nr]
            let expected = j < n ? source[j * k + i] : 0
            // The tail of k and cut panels go through f32, where a NaN becomes a quiet one.
            let isQuieted = Half.decode(expected).isNaN || expected & 0x7f80 == 0x7f80
            if actual != expected, !isQuieted || i < k / 32 * 32 && j / nr < n / nr { wrong += 1 }
          }
        }
        #expect(wrong == 0, "\(k) × \(n), \(type)")
      }
    }
  }

  @Test(arguments: Kernels.available)
  func `a packed size that overflows is 0`(kernels: Kernels) {
    #expect(kernels.table.pointee.gemm_packed_size(Int.max, 64) == 0)
    #expect(kernels.table.pointee.gemm_packed_size(4, Int.max) == 0)
    #expect(kernels.table.pointee.gemm_packed_size(3, 1) == 3 * kernels.lanes)
  }
}
