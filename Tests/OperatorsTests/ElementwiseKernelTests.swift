import IR
import Tensors
import Testing

@testable import Operators

/// Each elementwise op's kernels against its reference.
@Suite struct ElementwiseKernelTests {
  static let real1: [any ElementwiseOp] = [
    Exp(), Log(), Sqrt(), Rsqrt(), Tanh(), Erf(), Sigmoid(), Silu(), Sin(), Cos(), Gelu(),
    Gelu(approximation: .tanh),
  ]
  static let number1: [any ElementwiseOp] = [Abs(), Neg(), Relu()]
  static let number2: [any ElementwiseOp] = [
    Add(), Sub(), Mul(), Div(), Minimum(), Maximum(),
  ]
  static let comparisons: [any ElementwiseOp] = [
    Equal(), NotEqual(), Less(), LessEqual(), Greater(), GreaterEqual(),
  ]
  static let sizes = [1, 3, 16, 17, 64, 100, 1023]
  /// Shapes of x and y that broadcast in every way that the walk tells apart.
  static let broadcasts: [([Int], [Int])] = [
    ([5, 7], [5, 7]), ([5, 7], [7]), ([5, 7], []), ([5, 7], [5, 1]), ([5, 1], [1, 7]),
    ([2, 3, 4, 5], [3, 1, 5]), ([2, 1, 4, 1], [3, 1, 5]), ([2, 3, 4, 5], [2, 1, 1, 5]),
    ([2, 3, 4, 5], [2, 3, 1, 1]), ([1, 1, 1], [1]), ([], []), ([1], [1000]), ([40, 2000], [2000]),
    ([3, 40000], [3, 1]), ([40000], [40000]),
  ]

  @Test(arguments: [DType.f32, .f16, .bf16])
  func `functions of one real`(dtype: DType) throws {
    var samples = Samples()
    for op in Self.real1 {
      for size in Self.sizes {
        try KernelHarness.check(any: op, [try samples.tensor(dtype, [size])])
      }
      try KernelHarness.check(any: op, [try samples.awkward(dtype, [77])])
    }
  }

  @Test(arguments: [DType.f32, .f16, .bf16, .i32, .i64])
  func `functions of one number`(dtype: DType) throws {
    var samples = Samples()
    for op in Self.number1 {
      for size in Self.sizes {
        try KernelHarness.check(any: op, [try samples.tensor(dtype, [size], scale: 1000)])
      }
      try KernelHarness.check(any: op, [try samples.awkward(dtype, [77])])
    }
  }

  @Test(arguments: [DType.f32, .f16, .bf16, .i32, .i64])
  func `functions of two numbers`(dtype: DType) throws {
    var samples = Samples()
    for op in Self.number2 {
      for (x, y) in Self.broadcasts {
        let operands = [try samples.tensor(dtype, x), try samples.tensor(dtype, y)]
        try KernelHarness.check(any: op, operands)
        try KernelHarness.check(any: op, operands.reversed())
      }
      try KernelHarness.check(
        any: op, [try samples.awkward(dtype, [110]), try samples.awkward(dtype, [10, 1])])
    }
  }

  @Test(arguments: DType.allCases)
  func comparisons(dtype: DType) throws {
    var samples = Samples()
    for op in Self.comparisons {
      for (x, y) in Self.broadcasts {
        try KernelHarness.check(
          any: op, [try samples.tensor(dtype, x, scale: 2), try samples.tensor(dtype, y, scale: 2)])
      }
      try KernelHarness.check(
        any: op, [try samples.awkward(dtype, [110]), try samples.awkward(dtype, [10, 1])])
    }
  }

  @Test func `integers wrap, and division by zero gives zero`() throws {
    for (dtype, low, high) in [
      (DType.i32, Int(Int32.min), Int(Int32.max)), (.i64, Int.min, Int.max),
    ] {
      let values = [low, low + 1, -7, -1, 0, 1, 2, 7, high - 1, high]
      let x = try Tensor(dtype, dims: [10, 1], integers: values)
      let y = try Tensor(dtype, dims: [10], integers: values)
      for op in Self.number2 { try KernelHarness.check(any: op, [x, y]) }
      for op in Self.number1 { try KernelHarness.check(any: op, [x]) }
    }
    let x = try Tensor(.i32, dims: [3], integers: [7, Int(Int32.min), -7])
    let y = try Tensor(.i32, dims: [3], integers: [0, -1, 2])
    #expect(try Div().evaluate([x, y])[0].integers == [0, Int(Int32.min), -3])
  }

  @Test(arguments: [DType.f32, .f16, .bf16])
  func powers(dtype: DType) throws {
    var samples = Samples()
    let magnitudes = try Abs().evaluate([samples.tensor(dtype, [13, 9])])[0]
    let exponents = try samples.tensor(dtype, [9], scale: 3)
    try KernelHarness.check(Pow(), [magnitudes, exponents])
    let whole = try Tensor(dtype, dims: [4], doubles: [0, 1, 2, 3])
    let signed = try samples.tensor(dtype, [13, 1])
    try KernelHarness.check(Pow(), [signed, whole])
  }

  @Test func `functions of bools`() throws {
    var samples = Samples()
    for (x, y) in Self.broadcasts {
      let operands = [try samples.tensor(.bool, x), try samples.tensor(.bool, y)]
      try KernelHarness.check(LogicalAnd(), operands)
      try KernelHarness.check(LogicalOr(), operands)
      try KernelHarness.check(LogicalNot(), [operands[0]])
    }
  }

  @Test(arguments: DType.allCases)
  func `choices by a condition`(dtype: DType) throws {
    var samples = Samples()
    for (x, y) in Self.broadcasts {
      let (a, b) = (try samples.tensor(dtype, x), try samples.tensor(dtype, y))
      for condition in [x, y, []] {
        try KernelHarness.check(Where(), [try samples.tensor(.bool, condition), a, b])
      }
    }
  }

  @Test(arguments: DType.allCases, DType.allCases)
  func conversions(from: DType, to: DType) throws {
    var samples = Samples()
    for size in Self.sizes {
      let x = try samples.tensor(from, [size], scale: 1000)
      try KernelHarness.check(Cast(to: to), [x], tolerance: .exact)
    }
    if from.isFloatingPoint {
      try KernelHarness.check(
        Cast(to: to), [try samples.awkward(from, [99])], tolerance: .exact)
    } else if from.isInteger {
      let extremes = [Int.min, Int(Int32.min) - 1, Int(Int32.min), -1, 0, 1, 1 << 32, Int.max]
      let x = try Tensor(from, dims: [8], integers: extremes)
      try KernelHarness.check(Cast(to: to), [x], tolerance: .standard(to))
    }
  }

  @Test func `dropout leaves everything as it is`() throws {
    var samples = Samples()
    let op = try Dropout(["rate": .double(0.1)])
    for dtype in [DType.f32, .f16, .bf16] {
      try KernelHarness.check(op, [try samples.awkward(dtype, [99])], tolerance: .exact)
    }
  }

  @Test func `an empty tensor gives an empty tensor`() throws {
    let x = try Tensor(zeros: .f32, dims: [0, 3])
    try KernelHarness.check(Add(), [x, x])
    try KernelHarness.check(Exp(), [x])
  }

  @Test func `the number of tiles hangs on the shape alone`() throws {
    #expect(TileGrid(rows: 1, columns: 16384).tiles == 1)
    #expect(TileGrid(rows: 1, columns: 16385).tiles == 2)
    #expect(TileGrid(rows: 128, columns: 384).tiles == 4)
    #expect(TileGrid(rows: 0, columns: 384).tiles == 1)
  }
}

extension KernelHarness {
  /// Checks an op whose type is known only at run time.
  static func check(
    any op: any ElementwiseOp, _ operands: [Tensor],
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    func open<O: ElementwiseOp>(_ op: O) throws {
      try check(op, operands, sourceLocation: sourceLocation)
    }
    try open(op)
  }
}
