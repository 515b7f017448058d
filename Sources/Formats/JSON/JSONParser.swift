import Foundation

/// Reads JSON (RFC 8259) into a tree, in linear time and with bounded recursion.
///
/// Stricter than the RFC where files are read by several programs: a key that stands twice is an
/// error, since readers differ in which one counts.
public struct JSONParser {
  /// What the parser bears.
  public struct Limits: Sendable {
    /// How deep arrays and objects may be nested.
    public var depth: Int
    /// How many values the tree may have.
    public var values: Int
    /// Whether `NaN`, `Infinity` and `-Infinity` are numbers, as Python's `json` writes them.
    public var allowsNonFinite: Bool

    /// Limits from their parts.
    public init(depth: Int = 128, values: Int = 16_000_000, allowsNonFinite: Bool = false) {
      self.depth = depth
      self.values = values
      self.allowsNonFinite = allowsNonFinite
    }
  }

  let bytes: UnsafeBufferPointer<UInt8>
  let limits: Limits
  var position = 0
  private var depth = 0
  private var valueCount = 0

  private init(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: Limits) {
    self.bytes = bytes
    self.limits = limits
  }

  /// The tree of a text in UTF-8.
  public static func parse(_ data: Data, limits: Limits = Limits()) throws(JSONError) -> JSONValue {
    let result = data.withUnsafeBytes { bytes in Result { try parse(bytes, limits: limits) } }
    switch result {
    case .success(let value): return value
    case .failure(let error as JSONError): throw error
    case .failure: preconditionFailure("parse throws only JSONError")
    }
  }

  /// The tree of a text in UTF-8.
  public static func parse(_ bytes: UnsafeRawBufferPointer, limits: Limits = Limits())
    throws(JSONError) -> JSONValue
  {
    var parser = JSONParser(bytes.bindMemory(to: UInt8.self), limits)
    parser.skipSpace()
    guard parser.position < bytes.count else { throw parser.error(.empty) }
    let value = try parser.value()
    parser.skipSpace()
    guard parser.position == bytes.count else {
      throw parser.unexpected(expected: "the end of the text")
    }
    return value
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    valueCount += 1
    if valueCount > limits.values { throw error(.tooManyValues(limit: limits.values)) }
    switch peek {
    case UInt8(ascii: "{"): return try nested { parser throws(JSONError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(JSONError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "N") where limits.allowsNonFinite: return try word("NaN", .number(.nan))
    case UInt8(ascii: "I") where limits.allowsNonFinite:
      return try word("Infinity", .number(.infinity))
    case UInt8(ascii: "-"): return try number()
    case let byte? where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"):
      return try number()
    default: throw unexpected(expected: "a value")
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(JSONError) -> JSONValue
  ) throws(JSONError) -> JSONValue {
    guard depth < limits.depth else { throw error(.tooDeep(limit: limits.depth)) }
    depth += 1
    position += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    var elements: [JSONValue] = []
    skipSpace()
    if take("]") { return .array([]) }
    while true {
      skipSpace()
      elements.append(try value())
      skipSpace()
      if take("]") { return .array(elements) }
      guard take(",") else { throw unexpected(expected: "',' or ']'") }
    }
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    var members = JSONObject()
    skipSpace()
    if take("}") { return .object(members) }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw unexpected(expected: "a key in quotes") }
      let start = position
      let key = try string()
      skipSpace()
      guard take(":") else { throw unexpected(expected: "':'") }
      skipSpace()
      guard members.append(key, try value()) else { throw error(.duplicateKey(key), at: start) }
      skipSpace()
      if take("}") { return .object(members) }
      guard take(",") else { throw unexpected(expected: "',' or '}'") }
    }
  }

  mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError)
    -> JSONValue
  {
    let start = position
    for i in 0..<word.utf8CodeUnitCount {
      guard peek == word.utf8Start[i] else {
        if peek == nil { throw unexpected(expected: "'\(word)'") }
        throw error(.unexpected(found: found(at: start), expected: "a value"), at: start)
      }
      position += 1
    }
    return value
  }

  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  func unexpected(expected: String) -> JSONError {
    position < bytes.count
      ? error(.unexpected(found: found(at: position), expected: expected))
      : error(.unexpectedEnd(expected: expected))
  }

  private func found(at position: Int) -> String {
    let byte = bytes[position]
    if byte > 0x20, byte < 0x7F { return "'\(Unicode.Scalar(byte))'" }
    return "byte 0x" + String(byte, radix: 16, uppercase: true)
  }

  func error(_ fault: JSONError.Fault, at offset: Int? = nil) -> JSONError {
    let before = bytes[..<(offset ?? position)]
    let line = before.count { $0 == 0x0A } + 1
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    // Characters, not bytes: continuation bytes don't count.
    let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
    return JSONError(fault: fault, line: line, column: column)
  }
}
