/// Where strings stand in an array, found by their exact bytes (see ``ExactString``).
///
/// An open hash table beside the array, which holds the strings alone: 8 bytes for each instead of
/// a `Dictionary`'s 24 and more, and a vocabulary of 30,000 tokens is in it within a millisecond.
public struct StringIndex: Sendable {
  /// For each slot the hash's 32 bits and below them the position plus one; 0 marks a free slot.
  private var slots: [UInt64]
  /// How many strings it finds.
  public private(set) var count = 0

  /// An index that has room for `capacity` strings.
  public init(capacity: Int = 0) {
    var slotCount = 16
    while slotCount < 2 * capacity { slotCount *= 2 }
    slots = Array(repeating: 0, count: slotCount)
  }

  /// The position of `text` in `strings`, or nil.
  public func position(of text: String, in strings: [String]) -> Int? {
    position(StringIndex.hash(text)) { ExactString(strings[$0]) == ExactString(text) }
  }

  /// The position of the string whose hash is `hash` and that `isIt` takes for the right one.
  @inline(__always)
  public func position(_ hash: UInt32, _ isIt: (Int) -> Bool) -> Int? {
    let slot = slot(hash, isIt)
    return slots[slot] == 0 ? nil : StringIndex.position(slots[slot])
  }

  /// Notes that `text` stands at `position` of `strings`, or will; false, and nothing noted, where
  /// the same text is known.
  public mutating func insert(_ text: String, at position: Int, in strings: [String]) -> Bool {
    precondition(position < Int(UInt32.max), "positions take 32 bits")
    if 2 * (count + 1) > slots.count { grow() }
    let hash = StringIndex.hash(text)
    let slot = slot(hash) { ExactString(strings[$0]) == ExactString(text) }
    guard slots[slot] == 0 else { return false }
    slots[slot] = UInt64(hash) << 32 | UInt64(position + 1)
    count += 1
    return true
  }

  private static func position(_ entry: UInt64) -> Int {
    Int(UInt32(truncatingIfNeeded: entry)) - 1
  }

  /// Where the string that is looked for stands, or the free slot where it would.
  @inline(__always)
  private func slot(_ hash: UInt32, _ isIt: (Int) -> Bool) -> Int {
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      let entry = slots[slot]
      if UInt32(truncatingIfNeeded: entry >> 32) == hash, isIt(StringIndex.position(entry)) {
        break
      }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: 0, count: 2 * old.count)
    let mask = slots.count - 1
    for entry in old where entry != 0 {
      var slot = Int(truncatingIfNeeded: entry >> 32) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = entry
    }
  }

  private static func hash(_ text: String) -> UInt32 {
    var text = text
    return text.withUTF8 { bytes in
      var hash = Hash()
      for byte in bytes { hash.append(byte) }
      return hash.value
    }
  }

  /// The hash of some bytes, which may grow: all beginnings of a word are hashed in one walk.
  public struct Hash: Sendable {
    /// Keeps crafted strings from all falling into one slot.
    private static let seed = UInt64.random(in: .min ... .max)

    private var state = seed

    /// The hash of no bytes.
    public init() {}

    /// Adds a byte: a multiplication of 128 bits whose halves are folded.
    @inline(__always)
    public mutating func append(_ byte: UInt8) {
      let (high, low) = (state ^ UInt64(byte)).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
      state = high ^ low
    }

    /// The bits that an index looks at.
    @inline(__always)
    public var value: UInt32 { UInt32(truncatingIfNeeded: state ^ state >> 32) }
  }
}
