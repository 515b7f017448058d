import Foundation
import IR
import Tensors

/// An operator between values that are no tensors.
struct NumberOperation {
  private let op: BinaryOperator
  private let left: Expression
  private let right: Expression
  private let expression: Expression
  private let elaborator: Elaborator

  init(
    _ op: BinaryOperator, _ left: Expression, _ right: Expression, _ expression: Expression,
    _ elaborator: Elaborator
  ) {
    (self.op, self.left, self.right) = (op, left, right)
    (self.expression, self.elaborator) = (expression, elaborator)
  }

  func value(_ a: Value, _ b: Value) throws(ElaborationFailure) -> Value {
    switch (a, b) {
    case (.int(let x), .int(let y)):
      return op.isComparison ? .bool(try compare(x, y)) : .int(try combine(x, y))
    case (.int, .float), (.float, .int), (.float, .float):
      guard let x = a.number, let y = b.number else {
        let symbolic =
          if case .int(let extent) = a, extent.dim.value == nil { extent } else {
            if case .int(let extent) = b { extent } else { Extent(0) }
          }
        throw elaborator.fail(
          expression.span, .symbolicNumber(symbolic.dim, use: "a number beside a Float"))
      }
      return try real(x, y)
    case (.bool(let x), .bool(let y)):
      switch op {
      case .and: return .bool(x && y)
      case .or: return .bool(x || y)
      default: return .bool(try equality(x == y, a, b))
      }
    case (.string(let x), .string(let y)): return .bool(try equality(x == y, a, b))
    case (.dtype(let x), .dtype(let y)): return .bool(try equality(x == y, a, b))
    case (.none, .none): return .bool(try equality(true, a, b))
    case (.none, _), (_, .none): return .bool(try equality(false, a, b))
    case (.list(let x), .list(let y)):
      return .bool(try equality(x.map(\.dim) == y.map(\.dim), a, b))
    default: throw mismatch(a, b)
    }
  }

  private func mismatch(_ a: Value, _ b: Value) -> ElaborationFailure {
    elaborator.fail(expression.span, .wrongOperands(op.rawValue, a.kind, b.kind))
  }

  private func equality(
    _ isEqual: Bool, _ a: Value, _ b: Value
  ) throws(ElaborationFailure) -> Bool {
    switch op {
    case .equal: return isEqual
    case .notEqual: return !isEqual
    default: throw mismatch(a, b)
    }
  }

  private func real(_ x: Double, _ y: Double) throws(ElaborationFailure) -> Value {
    let result: Double
    switch op {
    case .equal: return .bool(x == y)
    case .notEqual: return .bool(x != y)
    case .less: return .bool(x < y)
    case .lessEqual: return .bool(x <= y)
    case .greater: return .bool(x > y)
    case .greaterEqual: return .bool(x >= y)
    case .add: result = x + y
    case .subtract: result = x - y
    case .multiply: result = x * y
    case .divide: result = x / y
    case .remainder: result = fmod(x, y)
    case .and, .or: throw mismatch(.float(x), .float(y))
    }
    guard result.isFinite else {
      throw elaborator.fail(expression.span, .notFinite(elaborator.reporter.text(expression.span)))
    }
    return .float(result)
  }

  // MARK: Whole numbers

  private func combine(_ x: Extent, _ y: Extent) throws(ElaborationFailure) -> Extent {
    do {
      let dim: Dim
      switch op {
      case .add: dim = try x.dim.adding(y.dim)
      case .subtract: dim = try x.dim.subtracting(y.dim)
      case .multiply: dim = try x.dim.multiplied(by: y.dim)
      case .divide: dim = try x.dim.divided(exactlyBy: y.dim)
      case .remainder: dim = try remainder(x.dim, y.dim)
      default: throw mismatch(.int(x), .int(y))
      }
      return elaborator.computed(dim, expression.span, [x, y])
    } catch let error as DimError {
      throw elaborator.fail(
        expression.span, .arithmetic(error, elaborator.reporter.text(expression.span)),
        notes: elaborator.notes(named(x), named(y)))
    } catch {
      throw ElaborationFailure()
    }
  }

  /// A number's source, where it is more than the digits that stand there.
  private func named(_ extent: Extent) -> (Dim, Provenance?)? {
    if case .literal? = extent.source?.source { return nil }
    return (extent.dim, extent.source)
  }

  private func remainder(_ x: Dim, _ y: Dim) throws(DimError) -> Dim {
    if let a = x.value, let b = y.value {
      if b == 0 { throw .divisionByZero(x) }
      return Dim(a.remainderReportingOverflow(dividingBy: b).partialValue)
    }
    _ = try x.divided(exactlyBy: y)
    return 0
  }

  private func compare(_ x: Extent, _ y: Extent) throws(ElaborationFailure) -> Bool {
    // Two symbolic extents can be compared where their difference is known.
    guard let difference = try? x.dim.subtracting(y.dim), let sign = difference.value else {
      let symbolic = x.dim.value == nil ? x : y
      throw elaborator.fail(
        expression.span, .symbolicComparison(elaborator.reporter.text(expression.span)),
        notes: elaborator.notes((symbolic.dim, symbolic.source)))
    }
    switch op {
    case .equal: return sign == 0
    case .notEqual: return sign != 0
    case .less: return sign < 0
    case .lessEqual: return sign <= 0
    case .greater: return sign > 0
    default: return sign >= 0
    }
  }
}
