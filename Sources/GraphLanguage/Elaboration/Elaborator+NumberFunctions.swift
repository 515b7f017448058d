import Foundation
import IR
import Tensors

extension Elaborator {
  /// `sqrt(width)` and its like, of values that are no tensors.
  func apply(
    _ function: NumberFunction, _ values: [Value], _ arguments: [Argument], _ span: Span
  ) throws(ElaborationFailure) -> Value {
    guard values.count == function.arity else {
      throw fail(
        span, .argumentCount(function.rawValue, takes: function.arity, found: values.count))
    }
    for (value, argument) in zip(values, arguments) where !value.isNumber {
      throw fail(argument.value.span, .notANumber(value.kind))
    }
    if let exact = try whole(function, values, span) { return .int(exact) }
    var numbers: [Double] = []
    for (value, argument) in zip(values, arguments) {
      guard let number = value.number else {
        guard case .int(let extent) = value else { throw ElaborationFailure() }
        throw fail(
          argument.value.span,
          .symbolicNumber(extent.dim, use: "what '\(function.rawValue)' takes"),
          notes: notes((extent.dim, extent.source)))
      }
      numbers.append(number)
    }
    let result = real(function, numbers)
    guard result.isFinite else { throw fail(span, .notFinite(reporter.text(span))) }
    if function == .int || function == .floor {
      guard let number = Int(exactly: result.rounded(.towardZero)) else {
        throw fail(span, .notFinite(reporter.text(span)))
      }
      return .int(computed(Dim(number), span, []))
    }
    return .float(result)
  }

  /// The result where it is a whole number that no rounding touches.
  private func whole(
    _ function: NumberFunction, _ values: [Value], _ span: Span
  ) throws(ElaborationFailure) -> Extent? {
    var extents: [Extent] = []
    for value in values {
      guard case .int(let extent) = value else { return nil }
      extents.append(extent)
    }
    switch function {
    case .int, .floor: return extents[0]
    case .abs:
      guard let number = extents[0].dim.value, number != .min else { return nil }
      return computed(Dim(Swift.abs(number)), span, extents)
    case .min, .max:
      let (a, b) = (extents[0], extents[1])
      guard let sign = (try? a.dim.subtracting(b.dim))?.value else {
        throw fail(
          span, .symbolicComparison(reporter.text(span)),
          notes: notes((a.dim, a.source), (b.dim, b.source)))
      }
      return (sign < 0) == (function == .min) ? a : b
    default: return nil
    }
  }

  private func real(_ function: NumberFunction, _ x: [Double]) -> Double {
    switch function {
    case .sqrt: x[0].squareRoot()
    case .exp: Foundation.exp(x[0])
    case .log: Foundation.log(x[0])
    case .pow: Foundation.pow(x[0], x[1])
    case .min: Swift.min(x[0], x[1])
    case .max: Swift.max(x[0], x[1])
    case .abs: Swift.abs(x[0])
    case .floor: x[0].rounded(.down)
    case .int: x[0].rounded(.towardZero)
    case .float: x[0]
    }
  }
}
