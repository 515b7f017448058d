/// Which sequence has which slot of the cache, and what stands in each.
///
/// A slot keeps its tokens when its sequence ends: the next one that begins with them need not
/// compute them again.
struct SlotTable {
  /// The tokens that stand in each slot.
  private(set) var held: [[Int32]]
  private var isTaken: [Bool]
  /// When each slot was last given away: of equals the one that is unused longest goes.
  private var used: [Int]
  private var clock = 0

  /// So few shared tokens are no reason to overwrite what a slot holds.
  private static let leastWorth = 16

  init(count: Int) {
    held = Array(repeating: [], count: count)
    isTaken = Array(repeating: false, count: count)
    used = Array(repeating: 0, count: count)
  }

  var hasFree: Bool { isTaken.contains(false) }

  /// Takes a slot for a sequence of `tokens`, as many of which as can be found stand in it then; gives
  /// their number. The last token is always left: its logits are wanted.
  mutating func take(for tokens: [Int32], in model: any TokenModel) throws -> (
    slot: Int, length: Int
  )? {
    func common(_ slot: Int) -> Int {
      min(zip(held[slot], tokens).prefix { $0 == $1 }.count, tokens.count - 1)
    }
    let shared = held.indices.map(common)
    let free = held.indices.filter { !isTaken[$0] }
    // Of slots that share little the emptiest: others keep what they hold.
    let worth = held.indices.map { shared[$0] < Self.leastWorth ? 0 : shared[$0] }
    guard
      let slot = free.max(by: {
        (worth[$0], -held[$0].count, -used[$0]) < (worth[$1], -held[$1].count, -used[$1])
      })
    else { return nil }
    var length = shared[slot]
    if let donor = held.indices.filter({ isTaken[$0] }).max(by: { shared[$0] < shared[$1] }),
      shared[donor] > length
    {
      length = shared[donor]
      try model.copy(donor, to: slot, length: length)
    } else {
      try model.truncate(slot, to: length)
    }
    held[slot] = Array(tokens[..<length])
    clock += 1
    isTaken[slot] = true
    used[slot] = clock
    return (slot, length)
  }

  mutating func release(_ slot: Int) { isTaken[slot] = false }

  /// Notes that tokens were appended to a slot.
  mutating func append(_ tokens: some Collection<Int32>, to slot: Int) { held[slot] += tokens }

  /// Drops the tokens of a slot from `length` on.
  mutating func truncate(_ slot: Int, to length: Int, in model: any TokenModel) throws {
    guard held[slot].count > length else { return }
    try model.truncate(slot, to: length)
    held[slot].removeSubrange(length...)
  }
}
