/// What a GGUF file says of its model: values by key, in the order of the file.
public struct GGUFMetadata: Sendable, Hashable {
  /// The keys, in the order of the file.
  public private(set) var keys: [String] = []
  private var values: [ExactString: GGUFValue] = [:]

  /// No values.
  public init() {}

  /// The value of a key, or nil. Setting one of a new key puts it at the end; nil takes it away.
  public subscript(key: String) -> GGUFValue? {
    get { values[ExactString(key)] }
    set {
      let name = ExactString(key)
      guard let newValue else {
        values[name] = nil
        keys.removeAll { ExactString($0) == name }
        return
      }
      if values.updateValue(newValue, forKey: name) == nil { keys.append(key) }
    }
  }

  /// The general.architecture: `llama`.
  public var architecture: String? { self["general.architecture"]?.string }

  /// The integer of a key; nil where there is none.
  public func integer(_ key: String) throws(GGUFFault) -> Int? {
    try typed(key, "an integer", \.integer)
  }

  /// The finite number of a key; nil where there is none.
  public func double(_ key: String) throws(GGUFFault) -> Double? {
    try typed(key, "a finite number", \.double)
  }

  /// The truth value of a key; nil where there is none.
  public func bool(_ key: String) throws(GGUFFault) -> Bool? {
    try typed(key, "a truth value", \.bool)
  }

  /// The text of a key; nil where there is none.
  public func string(_ key: String) throws(GGUFFault) -> String? {
    try typed(key, "a text", \.string)
  }

  /// The texts of a key; nil where there are none.
  public func strings(_ key: String) throws(GGUFFault) -> [String]? {
    try typed(key, "an array of texts") { $0.array?.strings }
  }

  /// The integers of a key; nil where there are none.
  public func integers(_ key: String) throws(GGUFFault) -> [Int]? {
    try typed(key, "an array of integers") { $0.array?.integers }
  }

  /// The numbers of a key; nil where there are none.
  public func doubles(_ key: String) throws(GGUFFault) -> [Double]? {
    try typed(key, "an array of finite numbers") { $0.array?.doubles }
  }

  private func typed<T>(
    _ key: String, _ expected: String, _ read: (GGUFValue) -> T?
  ) throws(GGUFFault) -> T? {
    guard let value = self[key] else { return nil }
    guard let result = read(value) else {
      throw .value(key: key, expected: expected, found: value.description)
    }
    return result
  }

  /// Reads `count` values.
  init(_ count: Int, _ cursor: inout GGUFCursor, in file: MappedFile) throws(GGUFFault) {
    for _ in 0..<count {
      let key = try cursor.string("a key")
      let kind = try cursor.kind(key: key)
      let value: GGUFValue =
        kind == .array
        ? .array(try cursor.array(key: key, in: file)) : try cursor.value(kind, key: key)
      guard values.updateValue(value, forKey: ExactString(key)) == nil else {
        throw .duplicate(what: "values of", name: key)
      }
      keys.append(key)
    }
  }
}
