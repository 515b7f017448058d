/// The states of a session, and which tokens stand in them.
struct DecodingCache: Sendable {
  /// A state: a row for each token of each slot.
  struct State: Sendable {
    let name: String
    let storage: Storage
    /// Elements of a row.
    let width: Int
    let rowByteCount: Int
  }

  /// For each slot the tokens whose rows stand in the states.
  var tokens: [[Int32]]
  /// The states, in the order of declaration.
  let states: [State]
  let capacity: Int
  private let positions: [String: Int]

  init(
    _ declared: [(value: Value, name: String)], slots: Int, capacity: Int, format: StateFormat
  ) throws {
    self.capacity = capacity
    tokens = Array(repeating: [], count: slots)
    var states: [State] = []
    var positions: [String: Int] = [:]
    var total = 0
    for (value, name) in declared where positions[name] == nil {
      let dims = value.type.shape.dims
      guard dims.count == 3, dims[0] == Dim(symbol: "slots"), dims[1] == Dim(symbol: "capacity"),
        let width = dims[2].value
      else { throw DecodingError.state(name, found: value.type) }
      guard width % (format.blocks?.elementsPerBlock ?? 1) == 0 else {
        throw DecodingError.format(format, state: name, width: width)
      }
      let bytes = (try? format.byteCount([slots, capacity, width])) ?? .max
      let (sum, overflow) = total.addingReportingOverflow(bytes)
      total = overflow ? .max : sum
      guard total <= MemoryLimit.byteCount else {
        throw DecodingError.memory(needed: total, limit: MemoryLimit.byteCount)
      }
      positions[name] = states.count
      states.append(
        State(
          name: name, storage: try Storage(zeroPages: bytes), width: width,
          rowByteCount: try format.byteCount(ofRow: width)))
    }
    self.states = states
    self.positions = positions
  }

  /// Bytes of all states.
  var byteCount: Int { states.reduce(0) { $0 + $1.storage.byteCount } }

  /// The memory of a plan's states, in its order.
  func storages(for plan: Plan) -> [Storage] {
    plan.states.compactMap { port in positions[port.name].map { states[$0].storage } }
  }

  /// The rows of a slot, from the first.
  func rows(of slot: Int, in state: State) -> UnsafeMutableRawPointer {
    state.storage.base + slot * capacity * state.rowByteCount
  }

  mutating func copy(_ source: Int, to target: Int, length: Int) {
    guard source != target else {
      tokens[source].removeSubrange(length...)
      return
    }
    for state in states {
      rows(of: target, in: state).copyMemory(
        from: rows(of: source, in: state), byteCount: length * state.rowByteCount)
    }
    tokens[target] = Array(tokens[source].prefix(length))
  }

  func check(_ length: Int, of slot: Int) throws(DecodingError) {
    guard (0...tokens[slot].count).contains(length) else {
      throw .length(length, slot: slot, found: tokens[slot].count)
    }
  }
}
