import Tensors
import Testing

@testable import Operators

/// The definition that int8 kernels are tested against.
@Suite struct `Quantized products` {
  static func matrix(
    _ rows: Int, _ columns: Int, _ scaled: Int8Matrix.Axis = .rows, seed: UInt64 = 1
  ) throws -> Int8Matrix {
    var samples = Samples(seed: seed)
    let storage = try Storage(byteCount: rows * columns)
    for i in 0..<rows * columns {
      storage.base.storeBytes(of: Int8(samples.unit() * 127), toByteOffset: i, as: Int8.self)
    }
    let scales = (0..<(scaled == .rows ? rows : columns)).map { Float($0 + 1) / 1024 }
    return try Int8Matrix(
      rows: rows, columns: columns, storage: storage,
      scales: Tensor(dims: [scales.count], floats: scales), scaled: scaled)
  }

  @Test func `a row is rounded to within half a step, and zero is exact`() {
    var samples = Samples()
    for (low, high) in [(-1.0, 1.0), (-5, 0.1), (0, 3), (-2, 0), (0.5, 0.6), (-1e30, 1e31)] {
      let row = [0] + (0..<40).map { _ in Float(low + (high - low) * (samples.unit() + 1) / 2) }
      let rounded = QuantizedRow(row)
      #expect(rounded.values[0] == rounded.zero)
      for (x, q) in zip(row, rounded.values) {
        let back = Double(rounded.scale) * (Double(q) - Double(rounded.zero))
        #expect((back - Double(x)).magnitude <= 0.5001 * Double(rounded.scale))
      }
      #expect(rounded.values.contains(255) || rounded.values.contains(0))
    }
  }

  @Test func `a row's smallest and largest are 0 and 255`() {
    let row = QuantizedRow([-1, 0, 0.5, 1.5])
    #expect(row.scale == Float(2.5) / 255)
    #expect(row.zero == 102)
    #expect(row.values == [0, 102, 153, 255])
    #expect(QuantizedRow([2, 1]).values == [255, 128])
    #expect(QuantizedRow([-2, -1]).values == [0, 127])
  }

  @Test func `ties go to the even integer`() {
    // range 255: each step is 1.
    let row = QuantizedRow([0, 255, 0.5, 1.5, 2.5])
    #expect(row.values == [0, 255, 0, 2, 2])
  }

  @Test func `a row without a range counts as zeros`() {
    for row in [[], [0], [0, -0.0], [1e-34, 0], [.leastNonzeroMagnitude]] as [[Float]] {
      let rounded = QuantizedRow(row)
      #expect(rounded.scale == 0)
      #expect(rounded.values.allSatisfy { $0 == rounded.zero })
    }
    #expect(QuantizedRow([0x1p-110]).scale > 0)
  }

  @Test(arguments: [[.nan, 1], [1, .infinity], [-.infinity], [3e38, -3e38]] as [[Float]])
  func `a row that has no scale gives NaN, and no other does`(row: [Float]) throws {
    #expect(QuantizedRow(row).scale.isNaN)
    let weight = try Self.matrix(3, row.count)
    let x = try Tensor(
      dims: [2, row.count], floats: row + Array(repeating: 1, count: row.count))
    let y = QuantizedProduct.evaluate(x, weight)
    #expect(y[..<3].allSatisfy { $0.isNaN })
    #expect(y[3...].allSatisfy { $0.isFinite })
    let whole = try Linear(activation: .relu).evaluate(
      [x, Tensor(zeros: .f32, dims: weight.dims)], weight: weight)
    #expect(whole[0].doubles[..<3].allSatisfy { $0.isNaN })
  }

  @Test func `a product is that of the rounded factors`() throws {
    var samples = Samples()
    let x = try samples.tensor(.f32, [3, 2, 19])
    for transposed in [false, true] {
      let weight =
        transposed ? try Self.matrix(19, 7, .columns) : try Self.matrix(7, 19)
      let rounded = (0..<6).flatMap { r -> [Double] in
        let row = QuantizedRow(x.floats[r * 19..<(r + 1) * 19])
        return row.values.map { Double(row.scale) * (Double($0) - Double(row.zero)) }
      }
      let dense = try weight.dense().doubles
      let y = QuantizedProduct.evaluate(x, weight, transposed: transposed)
      #expect(y.count == 42)
      for (i, value) in y.enumerated() {
        let (r, j) = i.quotientAndRemainder(dividingBy: 7)
        let sum = (0..<19).reduce(0.0) {
          $0 + rounded[r * 19 + $1] * dense[transposed ? $1 * 7 + j : j * 19 + $1]
        }
        #expect((value - sum).magnitude <= 1e-6 * (1 + sum.magnitude))
      }
    }
  }

  @Test func `a layer does to the product what it does to any`() throws {
    var samples = Samples()
    let (x, bias) = (try samples.tensor(.f32, [4, 8]), try samples.tensor(.f32, [5]))
    let (multiplier, residual) = (
      try samples.tensor(.f32, [4, 5]), try samples.tensor(.f32, [4, 5])
    )
    let weight = try Self.matrix(5, 8)
    let op = Linear(bias: true, multiplier: true, residual: true, activation: .gelu, scale: 0.5)
    let y = try op.evaluate(
      [x, Tensor(zeros: .f32, dims: [5, 8]), bias, multiplier, residual], weight: weight)[0]
    let product = QuantizedProduct.evaluate(x, weight)
    for i in 0..<20 {
      let value =
        Activation.gelu(0.5 * product[i] + bias.double(at: i % 5)) * multiplier.double(at: i)
        + residual.double(at: i)
      #expect((y.double(at: i) - value).magnitude <= 1e-6)
    }
  }

  @Test func `kernels take weights with a scale for each output and sums that fit`() throws {
    #expect(QuantizedProduct.takes(try Self.matrix(2, 3), transposed: false))
    #expect(!QuantizedProduct.takes(try Self.matrix(2, 3), transposed: true))
    #expect(QuantizedProduct.takes(try Self.matrix(2, 3, .columns), transposed: true))
    #expect(!QuantizedProduct.takes(try Self.matrix(2, 3, .columns), transposed: false))
    #expect(QuantizedProduct.takes(try Self.matrix(1, 1 << 16), transposed: false))
    #expect(!QuantizedProduct.takes(try Self.matrix(1, 1 + 1 << 16), transposed: false))
    #expect(255 * 128 * QuantizedProduct.mostInputs <= Int(Int32.max))
  }
}
