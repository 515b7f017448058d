/// The members of a JSON object: unique keys in the order of the text.
///
/// Lookup takes constant time.
public struct JSONObject: Sendable, Equatable {
  /// The keys, in the order of the text.
  public private(set) var keys: [String] = []
  /// The values, in the order of the keys.
  public private(set) var values: [JSONValue] = []
  /// Empty while there are few members.
  private var index = StringIndex()

  /// Up to this many members are found by comparing them all, without a hash table.
  private static let smallCount = 8

  /// An object without members.
  public init() {}

  /// The number of members.
  public var count: Int { keys.count }

  /// The value of `key`, or nil.
  public subscript(key: String) -> JSONValue? {
    position(of: key).map { values[$0] }
  }

  /// Adds a member; false, and nothing added, when the key is there already.
  public mutating func append(_ key: String, _ value: JSONValue) -> Bool {
    if count < JSONObject.smallCount {
      guard position(of: key) == nil else { return false }
    } else {
      if index.count == 0 { index = keyIndex }
      guard index.insert(key, at: count, in: keys) else { return false }
    }
    keys.append(key)
    values.append(value)
    return true
  }

  /// Where each key stands in ``keys``.
  public var keyIndex: StringIndex {
    if index.count > 0 { return index }
    var index = StringIndex(capacity: count)
    for (i, key) in keys.enumerated() { _ = index.insert(key, at: i, in: keys) }
    return index
  }

  private func position(of key: String) -> Int? {
    if index.count == 0 { return keys.firstIndex { ExactString($0) == ExactString(key) } }
    return index.position(of: key, in: keys)
  }

  /// Whether both have the same members, in any order.
  public static func == (a: JSONObject, b: JSONObject) -> Bool {
    a.count == b.count && a.keys.indices.allSatisfy { b[a.keys[$0]] == a.values[$0] }
  }
}
