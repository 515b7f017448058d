/// What belongs to pairs of numbers, in one open hash table.
struct PairTable: Sendable {
  /// What a pair gives.
  struct Entry: Sendable {
    var rank: Int32
    var result: Int32
  }

  /// Keeps a crafted file from aiming all its pairs at one slot.
  private static let seed = UInt64.random(in: .min ... .max)

  private var keys: [UInt64]
  /// The entry of each slot; a rank below 0 marks a free one.
  private var entries: [Entry]
  private var count = 0

  /// An empty table with room for `capacity` pairs.
  init(capacity: Int) {
    var slots = 16
    while slots < 2 * capacity { slots *= 2 }
    keys = Array(repeating: 0, count: slots)
    entries = Array(repeating: Entry(rank: -1, result: -1), count: slots)
  }

  /// The entry of a pair, or nil. A new entry's rank is at least 0.
  subscript(first: UInt32, second: UInt32) -> Entry? {
    @inline(__always) get {
      let entry = entries[slot(of: PairTable.key(first, second))]
      return entry.rank < 0 ? nil : entry
    }
    set {
      guard let newValue else { return }
      let key = PairTable.key(first, second)
      var slot = slot(of: key)
      if entries[slot].rank < 0 {
        if 2 * (count + 1) > keys.count {
          grow()
          slot = self.slot(of: key)
        }
        count += 1
      }
      keys[slot] = key
      entries[slot] = newValue
    }
  }

  private static func key(_ first: UInt32, _ second: UInt32) -> UInt64 {
    UInt64(first) << 32 | UInt64(second)
  }

  /// Where `key` stands, or the free slot where it would.
  @inline(__always)
  private func slot(of key: UInt64) -> Int {
    let mask = keys.count - 1
    var hash = (key ^ PairTable.seed) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ (hash >> 29)) &* 0xBF58_476D_1CE4_E5B9
    var slot = Int(truncatingIfNeeded: hash >> 32) & mask
    while entries[slot].rank >= 0, keys[slot] != key { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let (oldKeys, oldEntries) = (keys, entries)
    keys = Array(repeating: 0, count: oldKeys.count * 2)
    entries = Array(repeating: Entry(rank: -1, result: -1), count: oldKeys.count * 2)
    for (key, entry) in zip(oldKeys, oldEntries) where entry.rank >= 0 {
      let slot = slot(of: key)
      keys[slot] = key
      entries[slot] = entry
    }
  }
}
