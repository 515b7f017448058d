import CKernels
import Foundation
import Testing

@Suite struct MathTests {
  struct Function: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let opcode: weft_opcode
    let reference: @Sendable (Double) -> Double
    let bound: Double
    var scaled = true
  }

  /// Bounds in units of the last place, as stated in families/math.h.
  static let exact = [
    Function(testDescription: "exp", opcode: WEFT_OP_EXP, reference: { exp($0) }, bound: 1),
    Function(testDescription: "log", opcode: WEFT_OP_LOG, reference: { log($0) }, bound: 1),
    Function(testDescription: "erf", opcode: WEFT_OP_ERF, reference: { erf($0) }, bound: 1.5),
    Function(testDescription: "tanh", opcode: WEFT_OP_TANH, reference: { tanh($0) }, bound: 1.5),
    Function(
      testDescription: "sqrt", opcode: WEFT_OP_SQRT, reference: { $0.squareRoot() }, bound: 0.51),
    Function(
      testDescription: "rsqrt", opcode: WEFT_OP_RSQRT, reference: { 1 / $0.squareRoot() }, bound: 2),
    Function(testDescription: "neg", opcode: WEFT_OP_NEG, reference: { -$0 }, bound: 0),
    Function(testDescription: "abs", opcode: WEFT_OP_ABS, reference: { abs($0) }, bound: 0),
    Function(
      testDescription: "relu", opcode: WEFT_OP_RELU, reference: { $0.isNaN ? $0 : max($0, 0) },
      bound: 0),
  ]

  /// Bounds as they are, or times max(1, |x|) where scaled.
  static let absolute = [
    Function(
      testDescription: "sin", opcode: WEFT_OP_SIN, reference: { sin($0) }, bound: 1e-7,
      scaled: false),
    Function(
      testDescription: "cos", opcode: WEFT_OP_COS, reference: { cos($0) }, bound: 1e-7,
      scaled: false),
    Function(
      testDescription: "gelu_erf", opcode: WEFT_OP_GELU_ERF,
      reference: { Product.activate(WEFT_ACTIVATION_GELU_ERF, $0) }, bound: 2e-7),
    Function(
      testDescription: "gelu_tanh", opcode: WEFT_OP_GELU_TANH,
      reference: { Product.activate(WEFT_ACTIVATION_GELU_TANH, $0) }, bound: 2e-7),
    Function(
      testDescription: "silu", opcode: WEFT_OP_SILU,
      reference: { Product.activate(WEFT_ACTIVATION_SILU, $0) }, bound: 2e-7),
    Function(
      testDescription: "sigmoid", opcode: WEFT_OP_SIGMOID,
      reference: { Product.activate(WEFT_ACTIVATION_SIGMOID, $0) }, bound: 2e-7),
  ]

  /// Bit patterns spread over all floats, with those where functions change their ways.
  static let sweep: [Float] = {
    #if DEBUG
      let step: UInt64 = 200_003
    #else
      let step: UInt64 = 2_003
    #endif
    var values = stride(from: 0, through: UInt64(UInt32.max), by: UInt64.Stride(step)).map {
      Float(bitPattern: UInt32($0))
    }
    let edges: [Float] = [
      0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
      .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1, -1, 88.722_84,
      88.73, -87.336_55, -103.972_08, -103.98, 0.625, 0.927_734_4, 4, 8191.9, 8192.1, 1e10,
      0.707_106_8,
      1.414_213_6,
    ]
    values += edges
    values += stride(from: Float(-20), through: 20, by: 0.001_3)
    return values
  }()

  static func apply(_ kernels: Kernels, _ opcode: weft_opcode, _ values: [Float]) -> [Float] {
    let x = GuardedBuffer(values, edge: .end)
    let y = GuardedBuffer<Float>(count: values.count, edge: .end)
    kernels.table.pointee.unary(opcode, x.pointer, y.pointer, values.count)
    return y.elements
  }

  @Test(arguments: Kernels.available, exact)
  func `errors stay within units of the last place`(kernels: Kernels, function: Function) {
    let actual = Self.apply(kernels, function.opcode, Self.sweep)
    var worst = 0.0
    for (x, y) in zip(Self.sweep, actual) {
      let expected = function.reference(Double(x))
      let rounded = Float(expected)
      if expected.isNaN {
        #expect(y.isNaN, "\(x)")
      } else if rounded.isInfinite || y.isInfinite {
        #expect(y == rounded, "\(x)")
      } else {
        worst = max(worst, abs(Double(y) - expected) / Double(max(rounded.ulp, 0x1p-149)))
        if expected.sign == .minus && expected == 0 { #expect(y.sign == .minus, "\(x)") }
      }
    }
    #expect(worst <= function.bound)
  }

  @Test(arguments: Kernels.available, absolute)
  func `errors stay within an absolute bound`(kernels: Kernels, function: Function) {
    let actual = Self.apply(kernels, function.opcode, Self.sweep)
    var worst = 0.0
    var at: Float = 0
    for (x, y) in zip(Self.sweep, actual) {
      let expected = function.reference(Double(x))
      if expected.isNaN || expected.isInfinite {
        // (-∞) · 0 at the end of the gates: the definition's NaN, or the limit.
        #expect(y.isNaN || Double(y) == expected || (x == -.infinity && abs(y) < 1e-7), "\(x)")
      } else if abs(x) < 1e30 {
        let scale = function.scaled ? Double(max(1, abs(x))) : 1
        let error = abs(Double(y) - expected) / scale
        if error > worst || error.isNaN { (worst, at) = (error.isNaN ? .infinity : error, x) }
      }
    }
    #expect(worst <= function.bound, "at \(at)")
  }

  @Test(arguments: Kernels.available)
  func `an element has the same bytes wherever it stands`(kernels: Kernels) {
    let values = Array(Self.sweep.prefix(3000)) + [1, 9000, 2, 1e20, 3]
    for function in Self.exact + Self.absolute {
      let whole = Self.apply(kernels, function.opcode, values)
      let shifted = Self.apply(kernels, function.opcode, Array(values.dropFirst(5)))
      #expect(bits(shifted) == bits(Array(whole.dropFirst(5))), "\(function.testDescription)")
    }
  }
}
