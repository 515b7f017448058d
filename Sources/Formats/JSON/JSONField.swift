/// A value inside a JSON document that knows its path, for typed access with errors that name it.
public struct JSONField: Sendable {
  /// The value.
  public let value: JSONValue
  /// Where it stands.
  public let path: JSONPath

  /// A field at `path`.
  public init(_ value: JSONValue, path: JSONPath = .root) {
    self.value = value
    self.path = path
  }

  /// An error about this field.
  public func error(expected: String, hint: String? = nil) -> JSONFieldError {
    JSONFieldError(path: "\(path)", expected: expected, found: "\(value)", hint: hint)
  }

  /// The member `key`; nil when it is missing or null.
  public func member(_ key: String) throws(JSONFieldError) -> JSONField? {
    let member = try object()[key]
    guard let member, member != .null else { return nil }
    return JSONField(member, path: .member(path, key))
  }

  /// The member `key`, which must be there; `expected` says as what.
  public func required(_ key: String, _ expected: String) throws(JSONFieldError) -> JSONField {
    if let member = try member(key) { return member }
    throw JSONFieldError(
      path: "\(JSONPath.member(path, key))", expected: expected,
      found: try object()[key] == nil ? "nothing" : "null")
  }

  /// The members.
  public func object() throws(JSONFieldError) -> JSONObject {
    guard case .object(let object) = value else { throw error(expected: "an object") }
    return object
  }

  /// The elements, each with its path.
  public func elements() throws(JSONFieldError) -> [JSONField] {
    guard case .array(let elements) = value else { throw error(expected: "an array") }
    return elements.enumerated().map { JSONField($1, path: .element(path, $0)) }
  }

  /// The text.
  public func string() throws(JSONFieldError) -> String {
    guard case .string(let text) = value else { throw error(expected: "a string") }
    return text
  }

  /// The truth value.
  public func bool() throws(JSONFieldError) -> Bool {
    guard case .bool(let value) = value else { throw error(expected: "true or false") }
    return value
  }

  /// The integer; a number such as `2.0` counts.
  public func integer(in range: ClosedRange<Int> = Int.min...Int.max) throws(JSONFieldError) -> Int
  {
    var integer: Int?
    if case .integer(let value) = value { integer = value }
    if case .number(let value) = value { integer = Int(exactly: value) }
    guard let integer, range.contains(integer) else {
      throw error(
        expected: range == Int.min...Int.max
          ? "an integer" : "an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return integer
  }

  /// The finite number.
  public func double() throws(JSONFieldError) -> Double {
    if case .integer(let value) = value { return Double(value) }
    guard case .number(let value) = value, value.isFinite else {
      throw error(expected: "a finite number")
    }
    return value
  }
}

/// A field of a JSON document that isn't what it must be.
public struct JSONFieldError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Where: `model.vocab["foo"]`.
  public let path: String
  /// What must stand there.
  public let expected: String
  /// What stands there.
  public let found: String
  /// How to mend it.
  public let hint: String?

  /// An error from its parts.
  public init(path: String, expected: String, found: String, hint: String? = nil) {
    self.path = path
    self.expected = expected
    self.found = found
    self.hint = hint
  }

  /// The message.
  public var description: String {
    (path.isEmpty ? "" : "\(path): ") + "expected \(expected), found \(found)"
      + (hint.map { " (\($0))" } ?? "")
  }
}
