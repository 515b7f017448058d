import CKernels
import Testing

@Suite struct BlockGemmTests {
  /// Heights and widths around those of the tile.
  static func sizes(_ kernels: BlockKernels) -> [(rows: Int, blocks: Int, n: Int)] {
    let (mr, nr) = (kernels.registerRows, kernels.panelWidth)
    var sizes: [(Int, Int, Int)] = []
    for rows in [1, 2, 3, 4, 5, mr - 1, mr, mr + 1, 2 * mr + 3] {
      for n in [1, nr - 1, nr + 1, 3 * nr] { sizes.append((rows, (rows + n) % 4, n)) }
    }
    return sizes
  }

  @Test(arguments: BlockKernels.available, BlockKernels.formats)
  func `a product of any size agrees with the definition`(
    kernels: BlockKernels, format: weft_block_format
  ) {
    for (seed, size) in Self.sizes(kernels).enumerated() {
      var product = BlockProduct(
        format: format, rows: size.rows, blocks: size.blocks, n: size.n, seed: seed)
      product.padding = seed % 3
      product.epilogue = seed % 2 == 1
      product.activation = GemmTests.activations[seed % 7]
      let error = product.error(kernels, edge: seed % 4 < 2 ? .start : .end)
      #expect(error < 1e-6, "\(product)")
    }
  }

  @Test(arguments: BlockKernels.available, BlockKernels.formats)
  func `the bits don't hang on the split`(kernels: BlockKernels, format: weft_block_format) {
    let (rows, n) = (2 * kernels.registerRows + 3, 3 * kernels.panelWidth + 1)
    let product = BlockProduct(format: format, rows: rows, blocks: 3, n: n, seed: 7)
    var random = SplitMix(3)
    let (x, weight) = (random.floats(rows * product.k), product.weight())
    let whole = product.multiply(kernels, edge: .end, x: x, weight: weight)
    for step in [1, 2, 5] {
      let pieces = product.multiply(
        kernels, edge: .start, x: x, weight: weight,
        rowRanges: stride(from: 0, to: rows, by: step).map { $0..<min($0 + step, rows) },
        panelRanges: [0..<1, 1..<3, 3..<3, 3..<4])
      #expect(zip(bits(pieces), bits(whole)).filter { $0 != $1 }.isEmpty)
    }
  }

  @Test(arguments: BlockKernels.available)
  func `sums of integers are exact at the ends of their range`(kernels: BlockKernels) {
    for format in BlockKernels.formats {
      let product = BlockProduct(format: format, rows: 2, blocks: 2, n: 5, seed: 0)
      // Weights whose bits are all set or all clear, with scale 1, by turns.
      let size = weft_block_bytes(format)
      var weight = (0..<5 * 2 * size).map { UInt8($0 / size % 3 == 0 ? 0 : 255) }
      for block in 0..<10 {
        for at in format == WEFT_Q6_K ? [208] : format == WEFT_Q8_0 ? [0] : [0, 2] {
          if at == 2, format == WEFT_Q4_0 || format == WEFT_Q5_0 { continue }
          (weight[block * size + at], weight[block * size + at + 1]) = (0, 0x3c)
        }
      }
      // A largest magnitude of 127 makes the scale 1.
      let x = (0..<2 * product.k).map { i in Float(i / product.k == 0 ? 127 : [127, -127][i % 2]) }
      let y = product.multiply(kernels, edge: .end, x: x, weight: weight)
      let wrong = zip(y, product.definition(x, weight).sums).filter { Double($0) != $1 }.count
      #expect(wrong == 0, "\(format)")
    }
  }

  @Test(arguments: BlockKernels.available)
  func `rows are rounded to the same bytes on every instruction set`(kernels: BlockKernels) {
    // Blocks of q8_0 that are the identity give s · q back.
    let product = BlockProduct(format: WEFT_Q8_0, rows: 12, blocks: 3, n: 96, seed: 0)
    var weight = [UInt8](repeating: 0, count: 96 * 3 * 34)
    for i in 0..<96 {
      let block = (i * 3 + i / 32) * 34
      (weight[block], weight[block + 1], weight[block + 2 + i % 32]) = (0, 0x3c, 1)
    }
    var random = SplitMix(9)
    let k = product.k
    let rows: [[Float]] = [
      random.floats(k), random.floats(k, 2...5), random.floats(k, -9...(-3)),
      random.floats(k, -1e-30...1e-30), random.floats(k, -1e-33...1e-33),
      random.floats(k, -1e-37...1e-37), random.floats(k, -1.5e38...1.5e38),
      Array(repeating: 0, count: k), Array(repeating: -0.0, count: k),
      (0..<k).map { Float($0 % 2 == 0 ? 0.5 : -0.5) }, (0..<k).map { Float($0) - 63.5 },
      (0..<k).map { Float($0 == 40 ? 1e20 : 1) },
    ]
    let y = product.multiply(kernels, edge: .end, x: rows.flatMap { $0 }, weight: weight)
    let expected = rows.flatMap { roundedBlocks($0) }
    let wrong = zip(y, expected).filter { $0 != Float($1) }.count
    #expect(wrong == 0 && y.count == expected.count)
  }

  @Test(arguments: BlockKernels.available)
  func `NaN and infinity reach all of their row and no other`(kernels: BlockKernels) {
    for format in BlockKernels.formats {
      let product = BlockProduct(format: format, rows: 5, blocks: 2, n: 9, seed: 2)
      var random = SplitMix(1)
      var x = random.floats(5 * product.k)
      for (row, value) in [(1, Float.nan), (2, .infinity), (4, -.infinity)] {
        x[row * product.k + 33 * row % product.k] = value
      }
      let y = product.multiply(kernels, edge: .end, x: x, weight: product.weight())
      for row in 0..<5 {
        let isStrange = [1, 2, 4].contains(row)
        #expect(y[row * 9..<row * 9 + 9].allSatisfy { $0.isNaN == isStrange }, "\(format), \(row)")
      }
    }
  }

  @Test func `sizes that overflow are 0, panels take no more than blocks`() {
    for kernels in BlockKernels.available {
      let table = kernels.table.pointee
      for format in BlockKernels.formats {
        let bytes = weft_block_bytes(format) * kernels.panelWidth
        #expect(table.packed_size(format, weft_block_elements(format), 1) == bytes)
        #expect(table.packed_size(format, 1 << 40, 1 << 40) == 0)
        #expect(table.packed_size(format, 32, .max) == 0)
      }
      #expect(table.quantized_size(1 << 40, 1 << 40) == 0)
      #expect(table.quantized_size(3, 64) > 0)
    }
    #expect(weft_block_bytes(weft_block_format(rawValue: 99)) == 0)
  }

  @Test func `rows of a table are picked, indices outside it told`() {
    for format in BlockKernels.formats {
      let product = BlockProduct(format: format, rows: 1, blocks: 2, n: 6, seed: 4)
      let (width, weight) = (product.k, product.weight())
      var reals = [Float](repeating: 0, count: 6 * width)
      weft_block_decode(format, weight, 12, &reals)
      let table = GuardedBuffer(weight, edge: .end)
      let index = GuardedBuffer<Int32>([5, 0, 6, 2, -1], edge: .end)
      let out = GuardedBuffer<Float>(Array(repeating: .nan, count: 5 * width), edge: .end)
      var args = weft_block_gather_args(
        format: format, table: UnsafeRawPointer(table.pointer), table_rows: 6, width: width,
        index: UnsafeRawPointer(index.pointer), index_type: WEFT_I32, out: out.pointer)
      #expect(weft_block_gather(&args, 0, 2) == -1)
      #expect(weft_block_gather(&args, 2, 5) == 2)
      let expected = [5, 0, nil, 2, nil].flatMap { row in
        row.map { Array(reals[$0 * width..<($0 + 1) * width]) }
          ?? Array(repeating: Float(0), count: width)
      }
      #expect(bits(out.elements) == bits(expected))
    }
  }
}
