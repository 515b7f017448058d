import Tensors

/// Why an op can't take its operands or attributes, as data: the text is made where names and
/// lines are known, too.
public enum OpError: Error, Hashable, Sendable {
  /// One axis of one operand; a negative axis counts from the last.
  public struct Axis: Hashable, Sendable {
    /// The operand's position.
    public var operand: Int
    /// The axis.
    public var axis: Int

    /// An axis of an operand.
    public init(_ operand: Int, _ axis: Int) {
      self.operand = operand
      self.axis = axis
    }
  }

  /// Another number of operands than the op takes.
  case operandCount(expected: String, found: Int)
  /// An operand has another number of axes: "needs x of rank 2 or more".
  case rank(operand: Int, expected: String)
  /// An operand has an element type that the op doesn't take.
  case dtype(operand: Int, expected: [DType])
  /// Two operands' element types must be equal.
  case dtypesDiffer(Int, Int)
  /// Two extents must agree, by a rule such as "inner dimensions that agree".
  case extents(rule: String, Axis, Axis)
  /// Two operands' shapes don't broadcast.
  case broadcast(Int, Int)
  /// One operand's shape breaks a rule such as "a last axis that 12 heads divide".
  case shape(operand: Int, rule: String)
  /// An attribute that must be given isn't.
  case missingAttribute(String)
  /// The op has no such attribute.
  case unknownAttribute(String)
  /// An attribute's value is of another kind.
  case wrongAttribute(String, expected: String, found: AttributeValue)
  /// An attribute's value is out of its range: "axis 3 of a tensor of rank 2".
  case attributeRange(String, rule: String)
  /// Arithmetic on extents failed.
  case dim(DimError)
  /// A reason in the op's own words, which go on after its name: "needs an even number of experts".
  case refused(operand: Int?, String)
}

extension OpError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .operandCount(let expected, let found): "needs \(expected), found \(found)"
    case .rank(_, let expected): "needs an operand of rank \(expected)"
    case .dtype(_, let expected):
      "needs an operand of type " + expected.map(\.rawValue).joined(separator: ", ")
    case .dtypesDiffer: "needs operands of one element type"
    case .extents(let rule, _, _): "needs \(rule)"
    case .broadcast: "needs shapes that broadcast"
    case .shape(_, let rule): "needs \(rule)"
    case .missingAttribute(let name): "needs '\(name)'"
    case .unknownAttribute(let name): "has no attribute '\(name)'"
    case .wrongAttribute(let name, let expected, let found):
      "needs \(expected) for '\(name)', found \(found)"
    case .attributeRange(let name, let rule): "needs another '\(name)': \(rule)"
    case .dim(let error): error.description
    case .refused(_, let reason): reason
    }
  }
}
