/// The members of a JSON object: unique keys in the order of the text.
///
/// Lookup takes constant time.
public struct JSONObject: Sendable, Equatable {
  /// The keys, in the order of the text.
  public private(set) var keys: [String] = []
  /// The values, in the order of the keys.
  public private(set) var values: [JSONValue] = []
  private var index: [ExactString: Int] = [:]

  /// Up to this many members are found by comparing them all, without a hash table.
  private static let smallCount = 8

  /// An object without members.
  public init() {}

  /// The number of members.
  public var count: Int { keys.count }

  /// The value of `key`, or nil.
  public subscript(key: String) -> JSONValue? {
    position(of: ExactString(key)).map { values[$0] }
  }

  /// Adds a member; false, and nothing added, when the key is there already.
  public mutating func append(_ key: String, _ value: JSONValue) -> Bool {
    let exact = ExactString(key)
    guard position(of: exact) == nil else { return false }
    if count >= JSONObject.smallCount {
      if index.isEmpty {
        for (i, key) in keys.enumerated() { index[ExactString(key)] = i }
      }
      index[exact] = count
    }
    keys.append(key)
    values.append(value)
    return true
  }

  private func position(of key: ExactString) -> Int? {
    if index.isEmpty { return keys.firstIndex { ExactString($0) == key } }
    return index[key]
  }

  /// Whether both have the same members, in any order.
  public static func == (a: JSONObject, b: JSONObject) -> Bool {
    a.count == b.count && a.keys.indices.allSatisfy { b[a.keys[$0]] == a.values[$0] }
  }
}
