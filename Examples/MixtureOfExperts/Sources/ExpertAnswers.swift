import Foundation
import WeftPlugin

/// What experts answer the tokens that ask them: down · (silu(gate · x) ⊙ up · x).
///
/// x [..., width], order i32[answers], starts i32[experts + 1], gate and up [experts, inner, width], down
/// [experts, width, inner] → [answers, width]. Answer a is that of expert e, where starts[e] ≤ a <
/// starts[e + 1], to token order[a].
struct ExpertAnswers: Op {
  static let signature = OpSignature(
    "expert_answers", "What experts answer the tokens that ask them.", category: .matrixProduct,
    operands: [
      .required("x"), .required("order"), .required("starts"), .required("gate"), .required("up"),
      .required("down"),
    ])

  init(_ attributes: Attributes) throws(OpError) {}

  /// The op.
  init() {}

  var attributes: Attributes { [:] }

  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 6)
    for i in [0, 3, 4, 5] { try operands.check(i, dtypes: [.f32]) }
    for i in [1, 2] { try operands.check(i, dtypes: [.i32]) }
    let x = try operands.check(0, rankAtLeast: 1)
    for (i, rank) in zip(1...5, [1, 1, 3, 3, 3]) { try operands.check(i, rank: rank) }
    let rule =
      "experts of one shape: gate and up [experts, inner, width], down [experts, width, inner]"
    for (i, axis, j, other) in [(3, 2, 0, -1), (4, 2, 0, -1), (5, 1, 0, -1)] {
      try operands.check(i, axis: axis, equals: j, axis: other, rule: rule)
    }
    for (i, axis, other) in [(4, 0, 0), (5, 0, 0), (4, 1, 1), (5, 2, 1)] {
      try operands.check(i, axis: axis, equals: 3, axis: other, rule: rule)
    }
    guard (try? operands[3].extent(0).adding(1)) == operands[2].extent(0) else {
      throw .shape(operand: 2, rule: "starts of each expert, and the end")
    }
    return [TensorType(.f32, [operands[1].extent(0), x.extent(-1)])]
  }
}

extension ExpertAnswers: Evaluable {
  func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let dims = try resultTypes(operands.map(\.type))[0].shape.values ?? []
    let (order, starts) = (operands[1].integers, operands[2].integers)
    let (x, gate, up, down) = (
      operands[0].doubles, operands[3].doubles, operands[4].doubles, operands[5].doubles
    )
    let (experts, inner, width) = (
      operands[3].dims[0], operands[3].dims[1], operands[3].dims[2]
    )
    var result = [Double](repeating: 0, count: dims[0] * width)
    func checked(_ index: Int, below count: Int) throws -> Int {
      guard (0..<count).contains(index) else {
        throw EvaluationError.indexOutOfRange(index: index, count: count)
      }
      return index
    }
    for e in 0..<experts {
      // What stands in operands is data: the reference folds constants, and none of them may trap.
      let end = try checked(starts[e + 1], below: order.count + 1)
      for a in try checked(starts[e], below: end + 1)..<end {
        let token = try checked(order[a], below: x.count / max(width, 1))
        let row = x[token * width..<(token + 1) * width]
        func product(_ weight: [Double], _ i: Int) -> Double {
          let start = (e * inner + i) * width
          return zip(row, weight[start..<start + width]).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let h = (0..<inner).map { i -> Double in
          let g = product(gate, i)
          return g / (1 + exp(-g)) * product(up, i)
        }
        for j in 0..<width {
          let start = (e * width + j) * inner
          result[a * width + j] = zip(h, down[start..<start + inner]).reduce(0) { $0 + $1.0 * $1.1 }
        }
      }
    }
    return [try Tensor(.f32, dims: dims, doubles: result)]
  }
}

extension ExpertAnswers: Costed {
  func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    let weights = operands[3].shape.values.map { Array($0.dropFirst()) } ?? [0]
    return saturatingProduct((results[0].shape.values ?? [0]).prefix(1) + weights + [6])
  }
}

extension ExpertAnswers: KernelProviding {
  /// Weights are read in the 16 bits that a checkpoint may have.
  func readsStored(_ operand: Int) -> Bool { operand >= 3 }

  func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    let constants = request.constants
    guard let gate = constants[3], let up = constants[4], let down = constants[5] else {
      throw .refused(
        op: name, reason: "needs experts that are known before the run: parameters")
    }
    var experts: [ExpertKernel.Expert] = []
    for e in 0..<gate.dims[0] {
      experts.append(
        .init(
          gate: try WeightProduct(gate.expert(e), request),
          up: try WeightProduct(up.expert(e), request),
          down: try WeightProduct(down.expert(e), request)))
    }
    let dims = request.dims(ofOperand: 0)
    return KernelBinding(
      ExpertKernel(
        experts: experts, tokens: dims.dropLast().reduce(1, *),
        answers: request.dims(ofResult: 0)[0], width: gate.dims[2], inner: gate.dims[1]),
      operands: [0, 1, 2])
  }
}

extension Tensor {
  /// Matrix `e` of a stack of them, in the same memory.
  fileprivate func expert(_ e: Int) throws(KernelError) -> Tensor {
    do {
      return try Tensor(
        dtype: dtype, dims: Array(dims.dropFirst()), storage: storage,
        byteOffset: byteOffset + e * dims[1] * dims[2] * dtype.byteCount)
    } catch {
      throw .tensor(error)
    }
  }
}
