import CKernels
import Foundation
import Testing

@Suite struct ElementwiseTests {
  static let counts = [1, 3, 4, 5, 15, 16, 17, 31, 511, 512, 513, 1100]

  static let specials: [Float] = [
    0, -0.0, 1, -1, 2.5, -3.5, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, 1e38, 3e9, -3e9,
    2_147_483_648, -2_147_483_648, 9.3e18, -9.3e18, 65504, 65519, 65520, 1e-8,
  ]

  static func floats(_ count: Int, seed: Int) -> [Float] {
    var random = SplitMix(seed)
    return (0..<count).map { _ in
      random.below(3) == 0 ? specials[random.below(specials.count)] : random.float(-10...10)
    }
  }

  static func integers<T: FixedWidthInteger>(_ count: Int, seed: Int, as: T.Type) -> [T] {
    let specials: [T] = [0, 1, T(truncatingIfNeeded: -1), .min, .max, .min + 1]
    var random = SplitMix(seed)
    return (0..<count).map { _ in
      random.below(2) == 0
        ? specials[random.below(specials.count)] : T(truncatingIfNeeded: random.next() >> 30)
    }
  }

  static func same(_ a: Float, _ b: Float) -> Bool {
    (a.isNaN && b.isNaN) || a == b || (a.isFinite && b.isFinite && abs(a - b) <= abs(b) * 3e-7)
  }

  static let arithmetic: [(weft_opcode, @Sendable (Float, Float) -> Float)] = [
    (WEFT_OP_ADD, { $0 + $1 }), (WEFT_OP_SUB, { $0 - $1 }), (WEFT_OP_MUL, { $0 * $1 }),
    (WEFT_OP_DIV, { $0 / $1 }),
    (WEFT_OP_MIN, { $0.isNaN || $1.isNaN ? .nan : Swift.min($0, $1) }),
    (WEFT_OP_MAX, { $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1) }),
    (WEFT_OP_POW, { powf($0, $1) }),
  ]

  @Test(arguments: Kernels.available, Edge.allCases)
  func `f32 arithmetic agrees with Swift's`(kernels: Kernels, edge: Edge) {
    for count in Self.counts {
      let a = Self.floats(count, seed: count)
      var b = Self.floats(count, seed: count + 1)
      for (opcode, reference) in Self.arithmetic {
        if opcode == WEFT_OP_POW { b = b.enumerated().map { $0 % 3 == 0 ? Float($0 % 5) : $1 } }
        let result = ElementwiseProgram.apply(
          kernels, opcode, WEFT_F32, result: WEFT_F32, [a, b], as: Float.self, edge: edge)
        for i in 0..<count {
          #expect(Self.same(result[i], reference(a[i], b[i])), "\(opcode) \(a[i]) \(b[i])")
        }
      }
    }
  }

  static let comparisons: [weft_opcode] = [
    WEFT_OP_EQ, WEFT_OP_NE, WEFT_OP_LT, WEFT_OP_LE, WEFT_OP_GT, WEFT_OP_GE,
  ]

  static func compare<T: Comparable>(_ opcode: weft_opcode, _ a: T, _ b: T) -> Bool {
    switch opcode {
    case WEFT_OP_EQ: a == b
    case WEFT_OP_NE: a != b
    case WEFT_OP_LT: a < b
    case WEFT_OP_LE: a <= b
    case WEFT_OP_GT: a > b
    default: a >= b
    }
  }

  func checkComparisons<T: Comparable & BitwiseCopyable>(
    _ kernels: Kernels, _ type: weft_dtype, _ a: [T], _ b: [T], edge: Edge
  ) {
    for opcode in Self.comparisons {
      let result = ElementwiseProgram.apply(
        kernels, opcode, type, result: WEFT_BOOL, [a, b], as: UInt8.self, edge: edge)
      #expect(result == zip(a, b).map { Self.compare(opcode, $0, $1) ? 1 : 0 })
    }
  }

  func checkIntegers<T: FixedWidthInteger & BitwiseCopyable>(
    _ kernels: Kernels, _ type: weft_dtype, as: T.Type, edge: Edge
  ) {
    func divide(_ a: T, _ b: T) -> T {
      b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
    }
    let operations: [(weft_opcode, (T, T) -> T)] = [
      (WEFT_OP_ADD, { $0 &+ $1 }), (WEFT_OP_SUB, { $0 &- $1 }), (WEFT_OP_MUL, { $0 &* $1 }),
      (WEFT_OP_DIV, divide), (WEFT_OP_MIN, { Swift.min($0, $1) }),
      (WEFT_OP_MAX, { Swift.max($0, $1) }), (WEFT_OP_NEG, { x, _ in 0 &- x }),
      (WEFT_OP_ABS, { x, _ in x < 0 ? 0 &- x : x }),
    ]
    for count in Self.counts {
      let a = Self.integers(count, seed: count, as: T.self)
      let b = Self.integers(count, seed: count + 1, as: T.self)
      for (opcode, reference) in operations {
        let result = ElementwiseProgram.apply(
          kernels, opcode, type, result: type, [a, b], as: T.self, edge: edge)
        #expect(result == zip(a, b).map(reference), "\(opcode)")
      }
      checkComparisons(kernels, type, a, b, edge: edge)
    }
  }

  @Test(arguments: Kernels.available, Edge.allCases)
  func `integer arithmetic wraps and never traps`(kernels: Kernels, edge: Edge) {
    checkIntegers(kernels, WEFT_I32, as: Int32.self, edge: edge)
    checkIntegers(kernels, WEFT_I64, as: Int64.self, edge: edge)
  }

  @Test(arguments: Kernels.available, Edge.allCases)
  func `comparisons know NaN, logic knows any byte but 0`(kernels: Kernels, edge: Edge) {
    for count in Self.counts {
      let a = Self.floats(count, seed: count)
      let b = Self.floats(count, seed: count + 7)
      checkComparisons(kernels, WEFT_F32, a, b, edge: edge)
      let p = (0..<count).map { UInt8($0 % 3) }
      let q = (0..<count).map { UInt8($0 / 2 % 2 * 200) }
      func run(_ opcode: weft_opcode) -> [UInt8] {
        ElementwiseProgram.apply(
          kernels, opcode, WEFT_BOOL, result: WEFT_BOOL, [p, q], as: UInt8.self, edge: edge)
      }
      let pairs = zip(p, q).map { ($0 != 0, $1 != 0) }
      #expect(run(WEFT_OP_AND) == pairs.map { $0 && $1 ? 1 : 0 })
      #expect(run(WEFT_OP_OR) == pairs.map { $0 || $1 ? 1 : 0 })
      #expect(run(WEFT_OP_NOT) == pairs.map { !$0.0 ? 1 : 0 })
      #expect(run(WEFT_OP_EQ) == pairs.map { $0 == $1 ? 1 : 0 })
      #expect(run(WEFT_OP_LT) == pairs.map { !$0 && $1 ? 1 : 0 })
      let chosen = ElementwiseProgram.apply(
        kernels, WEFT_OP_WHERE, WEFT_F32, result: WEFT_F32, [a, b], condition: p, as: Float.self,
        edge: edge)
      #expect(bits(chosen) == (0..<count).map { (p[$0] != 0 ? a[$0] : b[$0]).bitPattern })
    }
  }

  @Test(arguments: Kernels.available, Edge.allCases)
  func `casts truncate, saturate and round to even`(kernels: Kernels, edge: Edge) {
    func cast<T: BitwiseCopyable, R: BitwiseCopyable>(
      _ from: weft_dtype, _ to: weft_dtype, _ values: [T], as: R.Type
    ) -> [R] {
      ElementwiseProgram.apply(
        kernels, WEFT_OP_CAST, from, to: to, result: to, [values], as: R.self, edge: edge)
    }
    func saturated<R: FixedWidthInteger>(_ x: Float, as: R.Type) -> R {
      if x.isNaN { return 0 }
      return R(exactly: x.rounded(.towardZero)) ?? (x < 0 ? .min : .max)
    }
    for count in Self.counts {
      let x = Self.floats(count, seed: count)
      let i = Self.integers(count, seed: count, as: Int32.self)
      let l = Self.integers(count, seed: count, as: Int64.self)
      let p = (0..<count).map { UInt8($0 % 3) }
      #expect(
        cast(WEFT_F32, WEFT_I32, x, as: Int32.self) == x.map { saturated($0, as: Int32.self) })
      #expect(
        cast(WEFT_F32, WEFT_I64, x, as: Int64.self) == x.map { saturated($0, as: Int64.self) })
      #expect(cast(WEFT_F32, WEFT_BOOL, x, as: UInt8.self) == x.map { $0 != 0 ? 1 : 0 })
      #expect(cast(WEFT_I32, WEFT_F32, i, as: Float.self) == i.map { Float($0) })
      #expect(cast(WEFT_I32, WEFT_I64, i, as: Int64.self) == i.map { Int64($0) })
      #expect(cast(WEFT_I32, WEFT_BOOL, i, as: UInt8.self) == i.map { $0 != 0 ? 1 : 0 })
      #expect(cast(WEFT_I64, WEFT_F32, l, as: Float.self) == l.map { Float($0) })
      #expect(
        cast(WEFT_I64, WEFT_I32, l, as: Int32.self) == l.map { Int32(truncatingIfNeeded: $0) })
      #expect(cast(WEFT_BOOL, WEFT_F32, p, as: Float.self) == p.map { $0 != 0 ? 1 : 0 })
      #expect(cast(WEFT_BOOL, WEFT_BOOL, p, as: UInt8.self) == p.map { $0 != 0 ? 1 : 0 })
      #expect(
        cast(WEFT_I32, WEFT_BF16, i, as: UInt16.self)
          == cast(WEFT_F32, WEFT_BF16, i.map { Float($0) }, as: UInt16.self))
      #expect(
        cast(WEFT_F16, WEFT_I64, p.map { UInt16($0) << 10 }, as: Int64.self)
          == p.map { Int64(Half.decode(UInt16($0) << 10)) })
    }
  }

  @Test(arguments: Kernels.available)
  func `all halves survive the way to f32 and back, and midpoints go to even`(kernels: Kernels) {
    let halves = (0...UInt16.max).map { $0 }
    func cast<T: BitwiseCopyable, R: BitwiseCopyable>(
      _ from: weft_dtype, _ to: weft_dtype, _ values: [T], as: R.Type
    ) -> [R] {
      ElementwiseProgram.apply(
        kernels, WEFT_OP_CAST, from, to: to, result: to, [values], as: R.self, edge: .end)
    }
    for type in [WEFT_F16, WEFT_BF16] {
      let floats = cast(type, WEFT_F32, halves, as: Float.self)
      let back = cast(WEFT_F32, type, floats, as: UInt16.self)
      for (half, (float, returned)) in zip(halves, zip(floats, back)) {
        if type == WEFT_F16 {
          let expected = Half.decode(half)
          #expect(expected.isNaN ? float.isNaN : Double(float) == expected)
        } else {
          #expect(float.isNaN || float.bitPattern == UInt32(half) << 16)
        }
        #expect(float.isNaN || returned == half)
        if float.isNaN {
          let infinity: UInt16 = type == WEFT_F16 ? 0x7c00 : 0x7f80
          #expect(returned & 0x7fff > infinity)
        }
      }
      let top: UInt16 = type == WEFT_F16 ? 0x7bfe : 0x7f7e
      let midpoints = (0...top).map { (floats[Int($0)] + floats[Int($0) + 1]) / 2 }
      let rounded = cast(WEFT_F32, type, midpoints, as: UInt16.self)
      for (half, result) in zip(0...top, rounded) where midpoints[Int(half)] != floats[Int(half)] {
        // A bf16 near the largest has no finite sum; the half of tiny ones is exact in f32.
        if midpoints[Int(half)].isFinite { #expect(result == (half + 1) & ~1, "\(half)") }
      }
      let large = cast(WEFT_F32, type, [Float.greatestFiniteMagnitude, -3.4e38], as: UInt16.self)
      #expect(large == (type == WEFT_F16 ? [0x7c00, 0xfc00] : [0x7f80, 0xff80]))
    }
  }

  /// y = where(x > t, (x + s) · 2, 0) and z = x > t, over rows; t a row's scalar, s shared.
  @Test(arguments: Kernels.available, Edge.allCases)
  func `a program runs over rows, scalars and constants`(kernels: Kernels, edge: Edge) {
    for count in Self.counts {
      let rows = 3
      var random = SplitMix(count)
      let x = GuardedBuffer(random.floats(rows * count), edge: edge)
      let t = GuardedBuffer(random.floats(rows), edge: edge)
      let s = GuardedBuffer(random.floats(count), edge: edge)
      let before = x.elements
      let z = GuardedBuffer<UInt8>(count: rows * count, edge: edge)
      var program = ElementwiseProgram()
      program.inputs = [WEFT_F32, WEFT_F32, WEFT_F32]
      program.constants = [
        weft_constant(type: WEFT_F32, number: 2, integer: 0),
        weft_constant(type: WEFT_F32, number: 0, integer: 0),
      ]
      program.registers = 2
      program.outputs = [WEFT_F32, WEFT_BOOL]
      program.append(WEFT_OP_ADD, WEFT_F32, 5, 0, 2)
      program.append(WEFT_OP_MUL, WEFT_F32, 5, 5, 3)
      program.append(WEFT_OP_GT, WEFT_F32, 6, 0, 1)
      program.append(WEFT_OP_COPY, WEFT_BOOL, 8, 6)
      program.append(WEFT_OP_WHERE, WEFT_F32, 7, 6, 5, 4)
      let inputs = [
        weft_elementwise_input(data: x.pointer, row_stride: count, broadcast: false),
        weft_elementwise_input(data: t.pointer, row_stride: 1, broadcast: true),
        weft_elementwise_input(data: s.pointer, row_stride: 0, broadcast: false),
      ]
      let outputs = [
        weft_elementwise_output(data: x.pointer, row_stride: count),
        weft_elementwise_output(data: z.pointer, row_stride: count),
      ]
      program.withProgram { pointer in
        #expect(weft_elementwise_check(pointer) == -1)
        let scratch = GuardedBuffer<UInt8>(count: weft_elementwise_scratch(pointer), edge: .end)
        kernels.table.pointee.elementwise(pointer, inputs, outputs, rows, count, scratch.pointer)
      }
      for i in 0..<rows * count {
        let shown = before[i] > t.pointer[i / count]
        #expect(z.pointer[i] == (shown ? 1 : 0))
        #expect(x.pointer[i] == (shown ? (before[i] + s.pointer[i % count]) * 2 : 0))
      }
    }
  }

  @Test func `a wrong program is refused at its instruction`() {
    var good = ElementwiseProgram()
    good.inputs = [WEFT_F32, WEFT_BOOL]
    good.registers = 1
    good.outputs = [WEFT_F32]
    good.append(WEFT_OP_EXP, WEFT_F32, 2, 0)
    good.append(WEFT_OP_WHERE, WEFT_F32, 3, 1, 2, 0)
    #expect(good.check == -1)
    func changed(_ change: (inout ElementwiseProgram) -> Void) -> Int {
      var program = good
      change(&program)
      return program.check
    }
    #expect(changed { $0.instructions[0].a = 1 } == 0)  // of another type
    #expect(changed { $0.instructions[0].a = 2 } == 0)  // not written yet
    #expect(changed { $0.instructions[0].a = 3 } == 0)  // an output
    #expect(changed { $0.instructions[0].dst = 0 } == 0)  // an input
    #expect(changed { $0.instructions[0].dst = 4 } == 0)
    #expect(changed { $0.instructions[0].c = 9 } == 0)
    #expect(changed { $0.instructions[0].type = WEFT_I32 } == 0)
    #expect(changed { $0.instructions[0].type = weft_dtype(rawValue: 77) } == 0)
    #expect(changed { $0.instructions[1].opcode = WEFT_OP_COUNT } == 1)
    #expect(changed { $0.instructions[1].opcode = WEFT_OP_CALL1 } == 1)  // calls nothing
    #expect(changed { $0.instructions[1].a = 0 } == 1)
    #expect(changed { $0.instructions[1].opcode = WEFT_OP_AND } == 1)
    #expect(changed { $0.instructions.removeLast() } == 1)  // the output is never written
    #expect(changed { $0.registers = Int.max } == 2)
    #expect(changed { $0.registers = 62 } == 2)
    #expect(changed { $0.inputs[0] = weft_dtype(rawValue: 9) } == 2)
  }
}
