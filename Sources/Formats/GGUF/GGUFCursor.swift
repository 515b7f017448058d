/// Reads a GGUF file's bytes from front to back, and never past their end.
struct GGUFCursor {
  private let bytes: UnsafeRawBufferPointer
  /// Where the next byte stands.
  private(set) var position: Int

  /// Arrays inside each other.
  private static let maximumDepth = 8

  init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  private var available: Int { bytes.count - position }

  /// The next integer; `what` names it in messages.
  mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type, _ what: String
  ) throws(GGUFFault) -> T {
    let size = MemoryLayout<T>.size
    guard size <= available else {
      throw .cutOff(what: what, at: position, needed: size, available: available)
    }
    defer { position += size }
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: T.self))
  }

  private mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ what: String)
    throws(GGUFFault) -> T
  {
    try integer(T.self, what)
  }

  /// The next text: its length, then its bytes.
  mutating func string(_ what: String) throws(GGUFFault) -> String {
    let range = try stringRange(what)
    guard let text = String(validating: bytes[range], as: UTF8.self) else {
      throw .text(what: what)
    }
    return text
  }

  private mutating func stringRange(_ what: String) throws(GGUFFault) -> Range<Int> {
    let at = position
    let length = try integer(UInt64.self, what)
    guard length <= UInt64(available) else {
      throw .cutOff(
        what: what, at: at, needed: Int(clamping: length), available: available)
    }
    defer { position += Int(length) }
    return position..<position + Int(length)
  }

  /// A count of things that take at least `size` bytes each.
  mutating func count(_ what: String, size: Int) throws(GGUFFault) -> Int {
    let at = position
    let count = try integer(UInt64.self, what)
    guard count <= UInt64(available / size) else {
      throw .count(what: what, count: count, at: at)
    }
    return Int(count)
  }

  /// The next value of a type, other than an array.
  mutating func value(_ kind: GGUFValue.Kind, key: String) throws(GGUFFault) -> GGUFValue {
    switch kind {
    case .uint8: return .uint8(try integer(key))
    case .int8: return .int8(try integer(key))
    case .uint16: return .uint16(try integer(key))
    case .int16: return .int16(try integer(key))
    case .uint32: return .uint32(try integer(key))
    case .int32: return .int32(try integer(key))
    case .uint64: return .uint64(try integer(key))
    case .int64: return .int64(try integer(key))
    case .float32: return .float32(Float(bitPattern: try integer(key)))
    case .float64: return .float64(Double(bitPattern: try integer(key)))
    case .string: return .string(try string(key))
    case .bool:
      let byte = try integer(UInt8.self, key)
      guard byte <= 1 else { throw .notBool(key: key, value: byte) }
      return .bool(byte == 1)
    case .array: throw .valueType(key: key, code: kind.rawValue)
    }
  }

  /// The next value's type.
  mutating func kind(key: String) throws(GGUFFault) -> GGUFValue.Kind {
    let code = try integer(UInt32.self, key)
    guard let kind = GGUFValue.Kind(rawValue: code) else {
      throw .valueType(key: key, code: code)
    }
    return kind
  }

  /// The next array: its elements are checked to stand in the file, and left there.
  mutating func array(key: String, in file: MappedFile, depth: Int = 1) throws(GGUFFault)
    -> GGUFArray
  {
    guard depth <= GGUFCursor.maximumDepth else {
      throw .depth(key: key, limit: GGUFCursor.maximumDepth)
    }
    let kind = try kind(key: key)
    let count = try count("elements of \(key.quotedForMessage)", size: kind.byteCount)
    let start = position
    switch kind {
    case .string: for _ in 0..<count { _ = try stringRange(key) }
    case .array:
      for _ in 0..<count { _ = try array(key: key, in: file, depth: depth + 1) }
    case .bool:
      if let bad = bytes[start..<start + count].first(where: { $0 > 1 }) {
        throw .notBool(key: key, value: bad)
      }
      position += count
    default: position += count * kind.byteCount
    }
    return GGUFArray(kind, count: count, in: file, start..<position)
  }
}
