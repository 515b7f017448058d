import Tensors

/// Why a text isn't a graph, and where.
public struct GraphTextError: Error, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// Something else must stand here.
    case expected(String, found: String)
    /// A string has no end on its line.
    case unterminatedString
    /// A number doesn't fit.
    case number(String)
    /// A constant was printed for people, cut short.
    case elided
    /// A value is used before its definition, or has none.
    case undefined(String)
    /// A value, input, parameter or output of that name is there already.
    case redefined(String)
    /// There is no such op.
    case unknownOp(String)
    /// The op refuses its attributes or operands.
    case op(String, operands: [TensorType], OpError)
    /// The text says other result types than the op.
    case types(op: String, expected: [TensorType], found: [TensorType])
    /// As many results are named as the op doesn't have.
    case resultCount(op: String, expected: Int, found: Int)
    /// An extent can't be computed.
    case dim(DimError)
    /// A constant doesn't fit its type.
    case constant(TensorError)
  }

  /// The line, from 1.
  public var line: Int
  /// The column in UTF-8 bytes, from 1.
  public var column: Int
  /// What is wrong.
  public var reason: Reason

  /// `line:column: error: …`.
  public var description: String { "\(line):\(column): error: \(reason)" }
}

extension GraphTextError.Reason: CustomStringConvertible {
  /// The sentence without its place.
  public var description: String {
    func list(_ types: [TensorType]) -> String {
      types.isEmpty ? "none" : types.map(\.description).joined(separator: ", ")
    }
    return switch self {
    case .expected(let expected, let found): "expected \(expected), found \(found)"
    case .unterminatedString: "this string doesn't end on its line"
    case .number(let text): "\(text) is out of range"
    case .elided:
      "this constant was cut short for people: print the graph with GraphPrinter.exact"
    case .undefined(let name): "\(name) isn't defined above"
    case .redefined(let name): "\(name) is defined twice"
    case .unknownOp(let name): "there is no op '\(name)'"
    case .op(let name, let operands, let error):
      "'\(name)' \(error)" + (operands.isEmpty ? "" : "; operands are \(list(operands))")
    case .types(let op, let expected, let found):
      "'\(op)' gives \(list(expected)), the text says \(list(found))"
    case .resultCount(let op, let expected, let found):
      "'\(op)' has \(expected) results, the text names \(found)"
    case .dim(let error): error.description
    case .constant(let error): error.description
    }
  }
}
