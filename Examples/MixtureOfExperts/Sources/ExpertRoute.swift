import Foundation
import WeftPlugin

/// Which experts each token asks, and the order in which experts answer.
///
/// logits [..., experts] → shares [..., k], the softmax of the k largest; places i32[..., k], where the
/// answer for each of them will stand; order i32[tokens·k], the token that asks for each answer, expert
/// after expert; starts i32[experts + 1], where each expert's answers begin.
struct ExpertRoute: Op {
  static let signature = OpSignature(
    "expert_route", "Which experts each token asks, and the order in which experts answer.",
    category: .reduction, operands: [.required("logits")],
    attributes: [.init("k", .int, default: .int(2))])

  /// How many experts a token asks.
  let k: Int

  init(_ attributes: Attributes) throws(OpError) {
    k = try attributes.int("k")
    guard k >= 1 else { throw .attributeRange("k", rule: "\(k) is below 1") }
  }

  var attributes: Attributes { ["k": .int(k)] }

  func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 1)
    try operands.check(0, dtypes: [.f32])
    let logits = try operands.check(0, rankAtLeast: 1)
    let experts = logits.extent(-1)
    if let count = experts.value, k > count {
      throw .attributeRange("k", rule: "\(k) is above \(count), the number of experts")
    }
    let leading = Shape(logits.shape.dims.dropLast())
    let chosen = Shape(leading.dims + [Dim(k)])
    do throws(DimError) {
      let answers = try leading.elementCount().multiplied(by: Dim(k))
      if let count = answers.value, count > Int(Int32.max) { throw DimError.overflow }
      return [
        TensorType(.f32, chosen), TensorType(.i32, chosen), TensorType(.i32, [answers]),
        TensorType(.i32, [try experts.adding(1)]),
      ]
    } catch {
      throw .dim(error)
    }
  }
}

/// What the route of some logits is; the kernel and the definition are the same few lines, once in
/// Float and once in Double.
private func route<Real: BinaryFloatingPoint>(
  _ logits: UnsafePointer<Real>, tokens: Int, experts: Int, k: Int,
  exponential: (Real) -> Real, shares: UnsafeMutablePointer<Real>,
  places: UnsafeMutablePointer<Int32>,
  order: UnsafeMutablePointer<Int32>, starts: UnsafeMutablePointer<Int32>
) {
  for e in 0...experts { starts[e] = 0 }
  for token in 0..<tokens {
    let (row, chosen, share) = (logits + token * experts, places + token * k, shares + token * k)
    for slot in 0..<k {
      var best = -1
      // Of equals the first; a NaN is never larger, and chosen where nothing else is left.
      for e in 0..<experts where best < 0 || row[e] > row[best] || row[best].isNaN && !row[e].isNaN
      {
        if !(0..<slot).contains(where: { chosen[$0] == Int32(e) }) { best = e }
      }
      chosen[slot] = Int32(best)
      starts[best + 1] += 1
    }
    var sum: Real = 0
    for slot in 0..<k {
      share[slot] = exponential(row[Int(chosen[slot])] - row[Int(chosen[0])])
      sum += share[slot]
    }
    for slot in 0..<k { share[slot] /= sum }
  }
  for e in 0..<experts { starts[e + 1] += starts[e] }
  // Places are given out token by token; starts[e] runs to the end of e, and is put back after.
  for token in 0..<tokens {
    for slot in 0..<k {
      let e = Int(places[token * k + slot])
      let place = starts[e]
      starts[e] += 1
      order[Int(place)] = Int32(token)
      places[token * k + slot] = place
    }
  }
  for e in stride(from: experts, to: 0, by: -1) { starts[e] = starts[e - 1] }
  starts[0] = 0
}

extension ExpertRoute: Evaluable {
  func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let types = try resultTypes(operands.map(\.type))
    let experts = operands[0].dims[operands[0].dims.count - 1]
    let tokens = operands[0].dims.dropLast().reduce(1, *)
    var shares = [Double](repeating: 0, count: tokens * k)
    var places = [Int32](repeating: 0, count: tokens * k)
    var order = places
    var starts = [Int32](repeating: 0, count: experts + 1)
    route(
      operands[0].doubles, tokens: tokens, experts: experts, k: k,
      exponential: { exp($0) }, shares: &shares, places: &places, order: &order, starts: &starts)
    func tensor(_ i: Int, _ values: [Int32]) throws -> Tensor {
      try Tensor(.i32, dims: types[i].shape.values ?? [], integers: values.map { Int($0) })
    }
    return [
      try Tensor(.f32, dims: types[0].shape.values ?? [], doubles: shares),
      try tensor(1, places), try tensor(2, order), try tensor(3, starts),
    ]
  }
}

extension ExpertRoute: Costed {
  func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    saturatingProduct((operands[0].shape.values ?? [0]) + [k])
  }
}

extension ExpertRoute: KernelProviding {
  func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    let dims = request.dims(ofOperand: 0)
    return KernelBinding(
      RouteKernel(
        tokens: dims.dropLast().reduce(1, *), experts: dims[dims.count - 1], k: k),
      operands: [0])
  }
}

/// One tile: experts' answers are counted over all tokens.
private struct RouteKernel: Kernel {
  let tokens: Int
  let experts: Int
  let k: Int

  var name: String { "f32-expert_route" }
  var tiles: Int { 1 }

  func run(tiles: Range<Int>, io: KernelIO) {
    route(
      UnsafePointer(io[0].assumingMemoryBound(to: Float.self)), tokens: tokens, experts: experts,
      k: k, exponential: { exp($0) }, shares: io[1].assumingMemoryBound(to: Float.self),
      places: io[2].assumingMemoryBound(to: Int32.self),
      order: io[3].assumingMemoryBound(to: Int32.self),
      starts: io[4].assumingMemoryBound(to: Int32.self))
  }
}
