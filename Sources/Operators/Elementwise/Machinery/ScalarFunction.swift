import CKernels
import IR
import Tensors

/// What an elementwise op does to one element: its definition in Double and Int, its opcode in C,
/// and the element types that follow from both.
///
/// 16-bit floats are widened to f32, computed there and rounded once when they are stored.
public struct ScalarFunction: Sendable {
  /// The definition.
  enum Body: Sendable {
    /// Reals to a real.
    case real1(@Sendable (Double) -> Double)
    case real2(@Sendable (Double, Double) -> Double)
    /// Numbers to a number; integers wrap.
    case number1(@Sendable (Double) -> Double, @Sendable (Int) -> Int)
    case number2(@Sendable (Double, Double) -> Double, @Sendable (Int, Int) -> Int)
    /// Two elements of any type to a bool.
    case comparison(@Sendable (Double, Double) -> Bool, @Sendable (Int, Int) -> Bool)
    /// Bools to a bool.
    case logic1(@Sendable (Bool) -> Bool)
    case logic2(@Sendable (Bool, Bool) -> Bool)
    /// `condition ? x : y`.
    case select
    /// Anything to `DType`.
    case conversion(DType)
    /// A real as it is.
    case identity
    /// Reals to a real, by somebody else's code.
    case foreign(ForeignFunction)
  }

  /// The instruction.
  let opcode: weft_opcode
  /// The definition.
  let body: Body
  /// Where `opcode` takes no integers: the one that does the same with a second operand of 0.
  var integerOpcodeWithZero: weft_opcode?

  /// A function of one real.
  public static func real(
    _ opcode: weft_opcode, _ body: @escaping @Sendable (Double) -> Double
  ) -> Self {
    Self(opcode: opcode, body: .real1(body))
  }

  /// A function of two reals.
  public static func real(
    _ opcode: weft_opcode, _ body: @escaping @Sendable (Double, Double) -> Double
  ) -> Self {
    Self(opcode: opcode, body: .real2(body))
  }

  /// A function of one number.
  public static func number(
    _ opcode: weft_opcode, _ real: @escaping @Sendable (Double) -> Double,
    integer: @escaping @Sendable (Int) -> Int
  ) -> Self {
    Self(opcode: opcode, body: .number1(real, integer))
  }

  /// A function of two numbers.
  public static func number(
    _ opcode: weft_opcode, _ real: @escaping @Sendable (Double, Double) -> Double,
    integer: @escaping @Sendable (Int, Int) -> Int
  ) -> Self {
    Self(opcode: opcode, body: .number2(real, integer))
  }

  /// A comparison of two elements.
  public static func comparison(
    _ opcode: weft_opcode, _ real: @escaping @Sendable (Double, Double) -> Bool,
    integer: @escaping @Sendable (Int, Int) -> Bool
  ) -> Self {
    Self(opcode: opcode, body: .comparison(real, integer))
  }

  /// A function of one bool.
  public static func logic(
    _ opcode: weft_opcode, _ body: @escaping @Sendable (Bool) -> Bool
  ) -> Self {
    Self(opcode: opcode, body: .logic1(body))
  }

  /// A function of two bools.
  public static func logic(
    _ opcode: weft_opcode, _ body: @escaping @Sendable (Bool, Bool) -> Bool
  ) -> Self {
    Self(opcode: opcode, body: .logic2(body))
  }

  /// `condition ? x : y`.
  public static let select = Self(opcode: WEFT_OP_WHERE, body: .select)

  /// A conversion to `dtype`.
  public static func conversion(to dtype: DType) -> Self {
    Self(opcode: WEFT_OP_CAST, body: .conversion(dtype))
  }

  /// The real itself.
  public static let identity = Self(opcode: WEFT_OP_COPY, body: .identity)
}

extension ScalarFunction {
  /// How many operands there are.
  public var operandCount: Int {
    switch body {
    case .real1, .number1, .logic1, .conversion, .identity: 1
    case .real2, .number2, .comparison, .logic2: 2
    case .select: 3
    case .foreign(let function): function.operandCount
    }
  }

  /// Floating-point operations for an element: none where it moves, compares or converts.
  public var flops: Int {
    switch body {
    case .real1, .real2, .number1, .number2: 1
    case .foreign(let function): function.flops
    default: 0
    }
  }

  /// The element type of the result for operands of these element types.
  public func resultDType(_ operands: [DType]) throws(OpError) -> DType {
    guard operands.count == operandCount else {
      throw .operandCount(operandCount, found: operands.count)
    }
    switch body {
    case .real1, .real2, .identity, .foreign: return try common(operands, of: DType.reals)
    case .number1, .number2: return try common(operands, of: DType.numbers)
    case .logic1, .logic2: return try common(operands, of: [.bool])
    case .conversion(let dtype): return dtype
    case .comparison:
      _ = try common(operands, of: DType.allCases)
      return .bool
    case .select:
      if operands[0] != .bool { throw .dtype(operand: 0, expected: [.bool]) }
      if operands[1] != operands[2] { throw .dtypesDiffer(1, 2) }
      return operands[1]
    }
  }

  /// The one element type of all operands.
  private func common(_ operands: [DType], of expected: [DType]) throws(OpError) -> DType {
    for (i, dtype) in operands.enumerated() {
      if !expected.contains(dtype) { throw .dtype(operand: i, expected: expected) }
      if dtype != operands[0] { throw .dtypesDiffer(0, i) }
    }
    return operands[0]
  }
}
