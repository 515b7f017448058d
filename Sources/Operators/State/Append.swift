import CKernels
import Compiler
import Executor
import IR
import Tensors

/// Puts rows into a state, in place: state[slots[t], positions[t]] = x[t], and the rest stays.
///
/// state [slots, capacity, width] · x [1, tokens, width] · slots i32 [tokens] · positions
/// i32 [tokens] → the state afterwards. A cache of keys or values: each slot is a sequence, each
/// position a token. Of two rows for one place the later stays. A slot or position that the state
/// doesn't have fails the run.
public struct Append: Op {
  public static let signature = OpSignature(
    "append", "Puts rows into a state, each into its slot at its position.", category: .state,
    operands: [
      .required("state"), .required("x"), .required("slots"), .required("positions"),
    ])

  /// The op.
  public init() {}
  public init(_ attributes: Attributes) throws(OpError) {}
  public var attributes: Attributes { [:] }

  public func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] {
    try operands.check(count: 4)
    try operands.check(0, dtypes: [.f32])
    try operands.check(0, rank: 3)
    try operands.check(1, dtypes: [.f32])
    try operands.check(1, rank: 3)
    guard operands[1].extent(0) == 1 else {
      throw .shape(operand: 1, rule: "a batch of 1: tokens of all sequences lie in one row")
    }
    try operands.check(1, axis: 2, equals: 0, axis: 2, rule: "rows as wide as the state's")
    try operands.checkPlaces(slots: 2, positions: 3, tokens: 1)
    return [operands[0]]
  }
}

extension [TensorType] {
  /// Checks that operands `slots` and `positions` say for each token of operand `tokens`,
  /// [1, tokens, …], where it stands in a state.
  func checkPlaces(slots: Int, positions: Int, tokens: Int) throws(OpError) {
    for i in [slots, positions] {
      try check(i, dtypes: [.i32])
      try check(i, rank: 1)
      try check(
        i, axis: 0, equals: tokens, axis: 1,
        rule: i == slots ? "a slot for each token" : "a position for each token")
    }
  }
}

extension Append: Updating, StatePlacing {
  public var updatedOperand: Int { 0 }
  public var stateOperand: Int { 0 }
  public var slotsOperand: Int { 2 }
  public var positionsOperand: Int { 3 }
}

extension Append: Costed {
  public func flops(_ operands: [TensorType], _ results: [TensorType]) -> Int { 0 }
  public func bytesRead(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    Cost.byteCount(Array(operands.dropFirst()))
  }
  public func bytesWritten(_ operands: [TensorType], _ results: [TensorType]) -> Int {
    Cost.byteCount([operands[1]])
  }
}

extension Append: Evaluable {
  public func evaluate(_ operands: [Tensor]) throws -> [Tensor] {
    let (state, width) = (operands[0], operands[0].dims[2])
    var values = state.doubles
    let rows = operands[1].doubles
    for t in 0..<operands[1].dims[1] {
      let (slot, position) = (operands[2].integer(at: t), operands[3].integer(at: t))
      for (index, count) in [(slot, state.dims[0]), (position, state.dims[1])] {
        guard (0..<count).contains(index) else {
          throw EvaluationError.indexOutOfRange(index: index, count: count)
        }
      }
      let start = (slot * state.dims[1] + position) * width
      values.replaceSubrange(start..<start + width, with: rows[t * width..<(t + 1) * width])
    }
    return [try Tensor(.f32, dims: state.dims, doubles: values)]
  }
}

extension Append: KernelProviding {
  public func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
    var binder = OperandBinder(request, op: name)
    let state = request.dims(ofOperand: 0)
    let x = try binder.f32(1)
    let places = StatePlaces(
      slots: binder.any(2), positions: binder.any(3), slotCount: state[0], capacity: state[1])
    let rowByteCount: Int
    do {
      rowByteCount = try request.stateFormat.byteCount(ofRow: state[2])
    } catch {
      throw .tensor(error)
    }
    let kernel = AppendKernel(
      table: request.table, format: request.stateFormat, x: x, places: places,
      result: binder.result(), tokens: request.dims(ofOperand: 1)[1], width: state[2],
      rowByteCount: rowByteCount)
    return KernelBinding(kernel, operands: binder.operands)
  }
}

/// Stores rows of a state, some tokens a tile.
struct AppendKernel: Kernel {
  let table: KernelTable
  let format: StateFormat
  let x: OperandSource
  let places: StatePlaces
  let result: Int
  let tokens: Int
  let width: Int
  let rowByteCount: Int

  /// Tokens of one tile: enough that claiming it isn't what takes the time.
  private static let tokensPerTile = 32

  var name: String { "\(format)-append-\(table.name)" }

  var tiles: Int { max(1, ceilingDivision(tokens, Self.tokensPerTile)) }

  func run(tiles: Range<Int>, io: KernelIO) {
    let first = tiles.lowerBound * Self.tokensPerTile
    for t in first..<min(tiles.upperBound * Self.tokensPerTile, tokens) {
      guard let place = places.place(of: t, io) else { continue }
      let row = place.slot * places.capacity + place.position
      table.functions.pointee.state_store(
        format.kernelValue, x.floats(io) + t * width, width, io[result] + row * rowByteCount)
    }
  }

  func describe(fault: Int, io: KernelIO) -> String { places.describe(token: fault, io: io) }
}
