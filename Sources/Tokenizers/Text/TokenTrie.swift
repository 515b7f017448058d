/// A set of token texts with their ids, for finding the longest one that a text begins with.
///
/// Edges live in one open hash table, so that a step takes constant time and a vocabulary of
/// 30,000 tokens loads in milliseconds.
struct TokenTrie: Sendable {
  /// The node of the empty text.
  static let root: Int32 = 0

  /// Keeps a crafted vocabulary from aiming all its edges at one slot.
  private static let seed = UInt64.random(in: .min ... .max)

  /// For each slot `node << 21 | scalar`, plus one; 0 marks a free slot.
  private var keys = [UInt64](repeating: 0, count: 64)
  private var children = [Int32](repeating: 0, count: 64)
  /// For each node the id of the token that ends there, or -1.
  private var ids: [Int32] = [-1]

  /// Whether there is no token.
  var isEmpty: Bool { ids.count == 1 && ids[0] < 0 }

  /// Adds a token; a later one with the same text takes its place.
  mutating func insert(_ text: some Sequence<Unicode.Scalar>, id: Int32) {
    var node = TokenTrie.root
    for scalar in text { node = child(of: node, making: scalar) }
    ids[Int(node)] = id
  }

  /// The node that `scalar` leads to from `node`, or nil.
  func child(of node: Int32, _ scalar: Unicode.Scalar) -> Int32? {
    let key = TokenTrie.key(node, scalar)
    let slot = slot(of: key)
    return keys[slot] == key ? children[slot] : nil
  }

  /// The token that ends at `node`, or nil.
  func id(at node: Int32) -> Int32? {
    let id = ids[Int(node)]
    return id < 0 ? nil : id
  }

  /// The longest token that `scalars` begins with at `start`, read on from `node`; no empty one.
  func longestMatch(
    in scalars: ArraySlice<Unicode.Scalar>, at start: Int, from node: Int32 = root
  ) -> (end: Int, id: Int32)? {
    var node = node
    var best: (end: Int, id: Int32)?
    var i = start
    while i < scalars.endIndex, let next = child(of: node, scalars[i]) {
      node = next
      i += 1
      let id = ids[Int(node)]
      if id >= 0 { best = (i, id) }
    }
    return best
  }

  private static func key(_ node: Int32, _ scalar: Unicode.Scalar) -> UInt64 {
    (UInt64(node) << 21 | UInt64(scalar.value)) + 1
  }

  /// Where `key` stands, or the free slot where it would.
  private func slot(of key: UInt64) -> Int {
    let mask = keys.count - 1
    var hash = (key ^ TokenTrie.seed) &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ (hash >> 29)) &* 0xBF58_476D_1CE4_E5B9
    var slot = Int(truncatingIfNeeded: hash >> 32) & mask
    while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func child(of node: Int32, making scalar: Unicode.Scalar) -> Int32 {
    let key = TokenTrie.key(node, scalar)
    var slot = slot(of: key)
    if keys[slot] == key { return children[slot] }
    if ids.count * 2 > keys.count {
      grow()
      slot = self.slot(of: key)
    }
    let child = Int32(ids.count)
    keys[slot] = key
    children[slot] = child
    ids.append(-1)
    return child
  }

  private mutating func grow() {
    let (oldKeys, oldChildren) = (keys, children)
    keys = [UInt64](repeating: 0, count: oldKeys.count * 2)
    children = [Int32](repeating: 0, count: oldKeys.count * 2)
    for (i, key) in oldKeys.enumerated() where key != 0 {
      let slot = slot(of: key)
      keys[slot] = key
      children[slot] = oldChildren[i]
    }
  }
}
