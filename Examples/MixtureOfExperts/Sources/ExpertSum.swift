import WeftPlugin

/// The answers that each token asked for, by their shares: Σ shares[t, i] · answers[places[t, i]].
///
/// answers [answers, width], places i32[..., k], shares [..., k] → [..., width]; a residual [..., width] is
/// added.
struct ExpertSum: Op {
  static let signature = OpSignature(
    "expert_sum", "The answers that each token asked for, by their shares.", category: .reduction,
    operands: [
      .required("answers"), .required("places"), .required("shares"), .optional("residual"),
    ])

  /// Whether a residual is the last operand.
  let hasResidual: Bool

  init(_ attributes: Attributes) throws(OpError) { hasResidual = try attributes.bool("residual") }

  /// The op.
  init(residual: Bool) { hasResidual = residual }

  var attributes: Attributes { ["residual": .bool(hasResidual)] }

  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: hasResidual ? 4 : 3)
    for i in operands.indices { try operands.check(i, dtypes: [i == 1 ? .i32 : .f32]) }
    let answers = try operands.check(0, rank: 2)
    let places = try operands.check(1, rankAtLeast: 1)
    guard operands[2].shape == places.shape else {
      throw .shape(operand: 2, rule: "a share for each place")
    }
    let result = TensorType(.f32, Shape(places.shape.dims.dropLast() + [answers.extent(1)]))
    if hasResidual, operands[3] != result {
      throw .shape(operand: 3, rule: "a residual of the result's shape")
    }
    return [result]
  }
}

extension ExpertSum: Evaluable {
  func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let type = try resultTypes(operands.map(\.type))[0]
    let (answers, places, shares) = (
      operands[0].doubles, operands[1].integers, operands[2].doubles
    )
    let width = operands[0].dims[1]
    let k = operands[1].dims[operands[1].dims.count - 1]
    let dims = type.shape.values ?? []
    var result = hasResidual ? operands[3].doubles : Array(repeating: 0, count: dims.reduce(1, *))
    for (i, place) in places.enumerated() {
      for j in 0..<width { result[i / k * width + j] += shares[i] * answers[place * width + j] }
    }
    return [try Tensor(.f32, dims: dims, doubles: result)]
  }
}

extension ExpertSum: Costed {
  func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    let k = operands[1].extent(-1).value ?? 0
    return saturatingProduct((results[0].shape.values ?? [0]) + [2 * k + (hasResidual ? 1 : 0)])
  }
}

extension ExpertSum: InPlace {
  var overwritableOperands: [Int] { hasResidual ? [3] : [] }
}

extension ExpertSum: KernelProviding {
  func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    let places = request.dims(ofOperand: 1)
    let width = request.dims(ofOperand: 0)[1]
    let k = places[places.count - 1]
    return KernelBinding(
      SumKernel(
        answers: request.dims(ofOperand: 0)[0], width: width, k: k, hasResidual: hasResidual,
        grid: RowTiles(
          rows: places.dropLast().reduce(1, *),
          bytesPerRow: saturatingProduct([4 * (k + 2), width]))),
      operands: Array(request.operands.indices))
  }
}

/// A tile is a few tokens.
private struct SumKernel: Kernel {
  let answers: Int
  let width: Int
  let k: Int
  let hasResidual: Bool
  let grid: RowTiles

  var name: String { "f32-expert_sum" }
  var tiles: Int { grid.count }

  func run(tiles: Range<Int>, io: KernelIO) {
    let places = io[1].assumingMemoryBound(to: Int32.self)
    let shares = io[2].assumingMemoryBound(to: Float.self)
    let from = io[0].assumingMemoryBound(to: Float.self)
    for token in grid.rows(tiles) {
      let to = io[hasResidual ? 4 : 3].assumingMemoryBound(to: Float.self) + token * width
      if !hasResidual {
        to.update(repeating: 0, count: width)
      } else if io[3] != io[4] {
        to.update(from: io[3].assumingMemoryBound(to: Float.self) + token * width, count: width)
      }
      for i in token * k..<(token + 1) * k {
        let place = Int(places[i])
        guard (0..<answers).contains(place) else {
          io.report(fault: i)
          continue
        }
        let (share, answer) = (shares[i], from + place * width)
        for j in 0..<width { to[j] += share * answer[j] }
      }
    }
  }

  func describe(fault: Int, io: KernelIO) -> String {
    "place \(io[1].assumingMemoryBound(to: Int32.self)[fault]) is outside of \(answers) answers"
  }
}
