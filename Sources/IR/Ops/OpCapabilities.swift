import Tensors

/// An op with a reference: slow, obvious, accumulating in Double. It is the definition of the op,
/// which kernels are tested against, and it folds constants.
public protocol Evaluable: Op {
  /// The results for `operands`, whose types ``Op/resultTypes(_:)`` accepted.
  ///
  /// - Throws: ``EvaluationError`` for data that has no result, such as an index out of range.
  func evaluate(_ operands: [Tensor]) throws -> [Tensor]
}

/// Data that an op has no result for.
public enum EvaluationError: Error, Hashable, CustomStringConvertible {
  /// An index leaves its table.
  case indexOutOfRange(index: Int, count: Int)
  /// An offset of sequences laid end to end isn't what those before it and the tokens allow.
  case offset(Int, at: Int, allowed: ClosedRange<Int>)
  /// The op says why.
  case refused(String)

  public var description: String {
    switch self {
    case .indexOutOfRange(let index, let count):
      "index \(index) is outside a table of \(count) rows"
    case .offset(let offset, let position, let allowed):
      "offset \(offset) at [\(position)] must be "
        + (allowed.count == 1
          ? "\(allowed.lowerBound)" : "from \(allowed.lowerBound) to \(allowed.upperBound)")
        + ": offsets begin with 0, never decrease and end within the tokens"
    case .refused(let reason): reason
    }
  }
}

/// What one execution of an op takes.
public struct Cost: Hashable, Sendable {
  /// Floating-point operations; a multiply-add counts 2.
  public var flops: Int
  /// Bytes of operands that are read at least once.
  public var bytesRead: Int
  /// Bytes of results.
  public var bytesWritten: Int

  /// A cost from its parts.
  public init(flops: Int, bytesRead: Int, bytesWritten: Int) {
    self.flops = flops
    self.bytesRead = bytesRead
    self.bytesWritten = bytesWritten
  }
}

/// An op that knows its FLOPs. Bytes follow from the types.
public protocol Costed: Op {
  /// Floating-point operations for these concrete types, saturating at `Int.max`.
  func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int
  /// Bytes read; the default reads every operand once.
  func bytesRead(_ operands: [TensorType], _ results: [TensorType]) -> Int
  /// Bytes written; the default writes every result once.
  func bytesWritten(_ operands: [TensorType], _ results: [TensorType]) -> Int
}

extension Costed {
  public func bytesRead(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    Cost.byteCount(operands)
  }

  public func bytesWritten(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    Cost.byteCount(results)
  }
}

/// Rows of an operand that one execution of an op reads; a row is what lies under one index of the
/// first axis.
public enum RowsRead: Hashable, Sendable {
  /// Each of them.
  case all
  /// The first so many.
  case first(Int)
  /// At most so many, which ones the run's data says.
  case picked(Int)

  /// What is read where both are.
  public func joined(with other: RowsRead) -> RowsRead {
    switch (self, other) {
    case (.first(let a), .first(let b)): .first(max(a, b))
    case (.picked(let a), .picked(let b)): .picked(a + b)
    default: .all
    }
  }
}

/// An op that doesn't read all rows of an operand, such as a table.
public protocol RowReading: Op {
  /// The rows of operand `i` that one execution reads, for concrete types.
  func rowsRead(ofOperand i: Int, _ operands: [TensorType]) -> RowsRead
}

extension Cost {
  /// The cost of `op` on concrete types; an op that isn't ``Costed`` only moves bytes.
  public init(of op: any Op, _ operands: [TensorType], _ results: [TensorType]) {
    let costed = op as? any Costed
    self.init(
      flops: costed?.flops(operands, results) ?? 0,
      bytesRead: costed?.bytesRead(operands, results) ?? Cost.byteCount(operands),
      bytesWritten: costed?.bytesWritten(operands, results) ?? Cost.byteCount(results))
  }

  /// Bytes of dense tensors of these concrete types, saturating; symbolic ones count nothing.
  public static func byteCount(_ types: [TensorType]) -> Int {
    types.reduce(0) { sum, type in
      let bytes = (try? type.byteCount().value) ?? nil
      let (total, overflow) = sum.addingReportingOverflow(bytes ?? 0)
      return overflow ? .max : total
    }
  }
}

/// An op whose only result is a dense part of operand 0's memory: nothing runs for it.
public protocol Viewing: Op {
  /// Where the result starts, in elements of operand 0, for concrete types; nil where the result
  /// isn't dense in the operand and must be copied.
  func viewOffset(_ operands: [TensorType], _ result: TensorType) -> Int?
}

/// An op that picks a part of a matrix and leaves each number as it is, so that what a weight of 8-bit
/// integers gives is one, too.
public protocol Int8Preserving: Op {
  /// The part of `matrix` that is the result; nil where it is none that scales still belong to.
  func part(of matrix: Int8Matrix) throws(TensorError) -> Int8Matrix?
}

/// An op that picks a part of a matrix or turns it, and leaves each number as it is, so that what a
/// weight in blocks gives is one, too.
public protocol BlocksPreserving: Op {
  /// The part of `matrix` that is the result; nil where it isn't whole stored rows.
  func part(of matrix: BlockMatrix) throws(TensorError) -> BlockMatrix?
}

/// An op whose kernels may write result 0 over an operand that nobody needs afterwards.
public protocol InPlace: Op {
  /// Positions of the operands that result 0 may overwrite, best first. Types must be equal.
  var overwritableOperands: [Int] { get }
}

/// An op whose result 0 is operand ``updatedOperand``, a state, after it was changed in place.
///
/// The operand must be a state or the result of such an op, and nothing else may use it: what reads
/// the state takes the result.
public protocol Updating: Op {
  /// The position of the operand that is changed.
  var updatedOperand: Int { get }
}

/// An op that knows simpler forms of itself.
public protocol Canonicalizable: Op {
  /// A rewrite of `node` (whose op this is) that is never slower, or nil.
  func canonicalized(_ node: Node, in graph: Graph) throws(OpError) -> Patch?
}
