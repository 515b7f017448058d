import CKernels
import Testing

@Suite struct Int8GemmTests {
  /// Heights and widths around those of the tile, and one of everything.
  static func sizes(_ kernels: Int8Kernels) -> [(rows: Int, k: Int, n: Int)] {
    let (mr, nr) = (kernels.registerRows, kernels.panelWidth)
    var sizes: [(Int, Int, Int)] = []
    for rows in [1, 2, 3, 4, 5, mr - 1, mr, mr + 1, 2 * mr + 1] {
      for k in [0, 1, 3, 4, 5, 16, 31, 67] {
        for n in [1, nr - 1, nr, nr + 1, 4 * nr + 3] { sizes.append((rows, k, n)) }
      }
    }
    return sizes
  }

  @Test(arguments: Int8Kernels.available, Edge.allCases)
  func `a product of any size agrees with the definition`(kernels: Int8Kernels, edge: Edge) {
    for (seed, size) in Self.sizes(kernels).enumerated() {
      var product = Int8Product(rows: size.rows, k: size.k, n: size.n, seed: seed)
      product.transposed = seed % 2 == 0
      product.padding = seed % 3
      product.epilogue = seed % 2 == 1
      product.activation = GemmTests.activations[seed % 7]
      let (actual, expected) = product.run(kernels, edge: edge)
      let bound = product.activation == WEFT_ACTIVATION_GELU_ERF ? 2e-5 : 3e-6
      #expect(largestError(actual, expected) < bound, "\(product)")
    }
  }

  @Test(arguments: Int8Kernels.available)
  func `sums of integers are exact, those at the ends of the range too`(kernels: Int8Kernels) {
    var random = SplitMix(4)
    for (rows, k, n) in [(7, 500, 40), (33, 4096, 17), (1, 65_536, 5)] {
      // A range of 255 makes the scale 1 and q - z the number itself.
      var x = (0..<rows * k).map { _ in Float(random.below(256)) - 100 }
      for row in 0..<rows { (x[row * k], x[row * k + 1]) = (-100, 155) }
      var weight = (0..<k * n).map { _ in Int8(truncatingIfNeeded: random.below(256)) }
      for i in 0..<k { weight[i] = -128 }
      let product = Int8Product(rows: rows, k: k, n: n, seed: 0)
      let y = product.multiply(
        kernels, edge: .end, x: x, weight: weight, scales: Array(repeating: 1, count: n))
      var wrong = 0
      for i in 0..<rows {
        for j in 0..<n {
          var sum = 0
          for t in 0..<k { sum += Int(x[i * k + t]) * Int(weight[j * k + t]) }
          if y[i * n + j] != Float(sum) { wrong += 1 }
        }
      }
      #expect(wrong == 0, "\(rows) × \(k) × \(n)")
    }
  }

  @Test(arguments: Int8Kernels.available)
  func `rows are rounded to the same bytes on every instruction set`(kernels: Int8Kernels) {
    var random = SplitMix(9)
    // The identity gives s · (q - z) back.
    for k in [1, 2, 17, 64, 131] {
      var rows: [[Float]] = [
        random.floats(k), random.floats(k, 2...5), random.floats(k, -9...(-3)),
        random.floats(k, -1e-30...1e-30), random.floats(k, -1e-37...1e-37),
        random.floats(k, -1.5e38...1.5e38), Array(repeating: 0, count: k),
        (0..<k).map { Float($0 % 2 == 0 ? 0.5 : -0.5) },
      ]
      for _ in 0..<40 { rows.append(random.floats(k, -1...random.float(0...3))) }
      var identity = [Int8](repeating: 0, count: k * k)
      for i in 0..<k { identity[i * k + i] = 1 }
      let product = Int8Product(rows: rows.count, k: k, n: k, seed: 0)
      let y = product.multiply(
        kernels, edge: .end, x: rows.flatMap { $0 }, weight: identity,
        scales: Array(repeating: 1, count: k))
      let expected = rows.flatMap { RoundedRow($0).values }
      #expect(bits(y) == bits(expected), "k = \(k)")
    }
  }

  @Test(arguments: Int8Kernels.available)
  func `gelu after a product of bytes keeps its bound over its range`(kernels: Int8Kernels) {
    var random = SplitMix(11)
    let k = 4 * kernels.panelWidth
    var identity = [Int8](repeating: 0, count: k * k)
    for i in 0..<k { identity[i * k + i] = 1 }
    let rows = (1...60).map { random.floats(k, -Float($0) / 5...Float($0) / 5) }
    let product = Int8Product(rows: rows.count, k: k, n: k, seed: 0)
    let y = product.multiply(
      kernels, edge: .end, x: rows.flatMap { $0 }, weight: identity,
      scales: Array(repeating: 1, count: k)
    ) { args, _ in args.activation = WEFT_ACTIVATION_GELU_ERF }
    let expected = rows.flatMap { RoundedRow($0).values }.map {
      Product.activate(WEFT_ACTIVATION_GELU_ERF, Double($0))
    }
    #expect(largestError(y, expected) < 2e-5)
  }

  @Test(arguments: Int8Kernels.available)
  func `a row has the same bytes however rows and panels are split`(kernels: Int8Kernels) {
    let n = 4 * kernels.panelWidth + 5
    for variant in 0..<2 {
      var product = Int8Product(rows: 37, k: 65, n: n, seed: 8 + variant)
      product.epilogue = variant == 1
      product.activation = variant == 1 ? WEFT_ACTIVATION_GELU_ERF : WEFT_ACTIVATION_NONE
      let whole = product.run(kernels, edge: .end).actual
      let single = product.run(
        kernels, edge: .end, rowRanges: (0..<37).map { $0..<$0 + 1 },
        panelRanges: (0..<5).map { $0..<$0 + 1 }
      ).actual
      let ragged = product.run(
        kernels, edge: .start, rowRanges: [0..<2, 2..<5, 5..<9, 9..<14, 14..<37],
        panelRanges: [0..<3, 3..<3, 3..<5]
      ).actual
      #expect(bits(single) == bits(whole))
      #expect(bits(ragged) == bits(whole))
    }
  }

  @Test(arguments: Int8Kernels.available)
  func `NaN, infinities and an infinite range make their row NaN and no other`(
    kernels: Int8Kernels
  ) {
    let (k, n) = (70, kernels.panelWidth + 2)
    for at in [0, 15, 16, 64, 69] {
      var x = [Float](repeating: 1, count: 6 * k)
      x[1 * k + at] = .nan
      x[2 * k + at] = .infinity
      x[3 * k + at] = -.infinity
      (x[4 * k], x[4 * k + at]) = (-3e38, 3e38)
      if at == 0 { x[4 * k + 1] = -3e38 }
      let product = Int8Product(rows: 6, k: k, n: n, seed: 0)
      let y = product.multiply(
        kernels, edge: .end, x: x, weight: Array(repeating: 2, count: k * n),
        scales: Array(repeating: 1, count: n))
      for j in 0..<n {
        for row in [0, 5] { #expect(abs(y[row * n + j] - 140) < 1e-4) }
        for row in 1...4 { #expect(y[row * n + j].isNaN, "row \(row), element \(at)") }
      }
    }
  }

  @Test(arguments: Int8Kernels.available)
  func `a size that overflows, or sums that 32 bits may not hold, is 0`(kernels: Int8Kernels) {
    let table = kernels.table.pointee
    #expect(table.packed_size(4, Int.max) == 0)
    #expect(table.packed_size(65_536, Int.max / 65_536) == 0)
    #expect(table.packed_size(65_537, 1) == 0)
    #expect(table.packed_size(65_536, 1) > 65_536)
    #expect(table.quantized_size(Int.max, 4) == 0)
    #expect(table.quantized_size(1, 65_537) == 0)
    #expect(table.quantized_size(0, 4) == 0)
    #expect(table.quantized_size(3, 65_536) >= 3 * 65_536)
  }

  @Test(arguments: Int8Kernels.available)
  func `the probe counts what it does`(kernels: Int8Kernels) {
    #expect(
      kernels.table.pointee.peak(10) == Double(80 * kernels.registerRows * kernels.panelWidth))
  }

  @Test func `the best kernels are those with an instruction for four products`() {
    for isa in [WEFT_ISA_PORTABLE, WEFT_ISA_NEON, WEFT_ISA_AVX2, WEFT_ISA_AVX512] {
      let best = weft_int8_kernels_best(isa)
      if weft_kernels_for(isa) == nil {
        #expect(weft_int8_kernels_for(isa, false) == nil && weft_int8_kernels_for(isa, true) == nil)
      } else {
        #expect(best == weft_int8_kernels_for(isa, true) ?? weft_int8_kernels_for(isa, false))
      }
    }
    #expect(weft_int8_kernels_for(WEFT_ISA_PORTABLE, true) == nil)
    #expect(weft_int8_kernels_for(weft_isa(rawValue: 99), false) == nil)
  }
}
