import Executor
import IR
import Tensors

/// An op that may work on sequences laid end to end in one axis.
///
/// Its offsets, i32 [sequences + 1], begin with 0 and never decrease: sequence s is the tokens
/// offsets[s] ..< offsets[s + 1]. Tokens after the last offset belong to no sequence.
public protocol Segmented: Op {
  /// The position of the offsets among the operands; nil where there are none.
  var offsetsPosition: Int? { get }
  /// How many tokens there are for the sequences: the last offset at most.
  func segmentedExtent(_ operands: [TensorType]) -> Dim
}

extension [TensorType] {
  /// Checks that operand `i` are offsets, and gives the number of sequences.
  func checkOffsets(_ i: Int) throws(OpError) -> Dim {
    try check(i, dtypes: [.i32])
    try check(i, rank: 1)
    let sequences: Dim
    do {
      sequences = try self[i].extent(0).subtracting(1)
    } catch {
      throw .dim(error)
    }
    if let known = sequences.value, known < 0 {
      throw .shape(operand: i, rule: "an offset more than sequences, at least 1")
    }
    return sequences
  }
}

extension EvaluationError {
  /// What is wrong with the offset at `position`, given those before it, of sequences in `tokens`
  /// tokens; nil where nothing is.
  @inline(__always)
  static func offset(
    at position: Int, tokens: Int, _ offset: (Int) -> Int
  ) -> EvaluationError? {
    let low = position == 0 ? 0 : offset(position - 1)
    let high = position == 0 ? 0 : tokens
    let value = offset(position)
    return value < low || value > high
      ? .offset(value, at: position, allowed: low...Swift.max(low, high)) : nil
  }
}

extension Tensor {
  /// The elements as offsets of sequences in `tokens` tokens, each checked.
  func checkedOffsets(tokens: Int) throws(EvaluationError) -> [Int] {
    let offsets = integers
    for i in offsets.indices {
      if let error = EvaluationError.offset(at: i, tokens: tokens, { offsets[$0] }) { throw error }
    }
    return offsets
  }
}

extension [Int] {
  /// For each of `count` tokens the sequence that it belongs to by these offsets.
  func sequenceOfTokens(count: Int) -> [Int?] {
    var result = [Int?](repeating: nil, count: count)
    for (sequence, (start, end)) in zip(self, dropFirst()).enumerated() {
      for token in start..<end { result[token] = sequence }
    }
    return result
  }
}

/// The offsets as kernels read them.
struct SequenceOffsets: Sendable {
  /// Where they stand in ``KernelIO``.
  let source: OperandSource
  /// The number of sequences, one less than that of offsets.
  let sequences: Int
  /// The tokens that they divide.
  let tokens: Int

  /// The offsets, where all are as they must be; else nil, and the first that isn't is reported.
  ///
  /// - Complexity: O(sequences), a nanosecond for four.
  @inline(__always)
  func checked(_ io: KernelIO) -> UnsafePointer<Int32>? {
    let offsets = pointer(io)
    var (before, isGood) = (Int32(0), offsets[0] == 0 && Int(offsets[sequences]) <= tokens)
    for i in 0...sequences {
      isGood = isGood && offsets[i] >= before
      before = offsets[i]
    }
    if isGood { return offsets }
    let bad = (0...sequences).first { fault(at: $0, io) != nil }
    io.report(fault: bad ?? 0)
    return nil
  }

  /// What is wrong with the offset at `position`, in words.
  func describe(position: Int, io: KernelIO) -> String {
    fault(at: position, io).map { "\($0)" } ?? "an offset is wrong"
  }

  private func fault(at position: Int, _ io: KernelIO) -> EvaluationError? {
    let offsets = pointer(io)
    return .offset(at: position, tokens: tokens) { Int(offsets[$0]) }
  }

  private func pointer(_ io: KernelIO) -> UnsafePointer<Int32> {
    source.bytes(io).assumingMemoryBound(to: Int32.self)
  }
}
