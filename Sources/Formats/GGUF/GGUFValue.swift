import Foundation

/// A value of a GGUF file's metadata.
public enum GGUFValue: Sendable, Hashable {
  case uint8(UInt8)
  case int8(Int8)
  case uint16(UInt16)
  case int16(Int16)
  case uint32(UInt32)
  case int32(Int32)
  case float32(Float)
  case bool(Bool)
  case string(String)
  case array(GGUFArray)
  case uint64(UInt64)
  case int64(Int64)
  case float64(Double)

  /// The types of values by the format's numbers.
  public enum Kind: UInt32, Sendable, Hashable, CaseIterable {
    case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64
    case float64

    /// Bytes that a value takes; texts and arrays take at least so many.
    var byteCount: Int {
      switch self {
      case .uint8, .int8, .bool: 1
      case .uint16, .int16: 2
      case .uint32, .int32, .float32: 4
      case .uint64, .int64, .float64, .string: 8
      case .array: 12
      }
    }

    /// Whether all values take ``byteCount`` bytes.
    var isFixed: Bool { self != .string && self != .array }
  }

  /// The value's type.
  public var kind: Kind {
    switch self {
    case .uint8: .uint8
    case .int8: .int8
    case .uint16: .uint16
    case .int16: .int16
    case .uint32: .uint32
    case .int32: .int32
    case .float32: .float32
    case .bool: .bool
    case .string: .string
    case .array: .array
    case .uint64: .uint64
    case .int64: .int64
    case .float64: .float64
    }
  }

  /// The value of an integer of any type; nil for all others, and where an `Int` can't hold it.
  public var integer: Int? {
    switch self {
    case .uint8(let value): Int(value)
    case .int8(let value): Int(value)
    case .uint16(let value): Int(value)
    case .int16(let value): Int(value)
    case .uint32(let value): Int(value)
    case .int32(let value): Int(value)
    case .uint64(let value): Int(exactly: value)
    case .int64(let value): Int(value)
    default: nil
    }
  }

  /// The value of a finite number; nil for all others.
  public var double: Double? {
    switch self {
    case .float32(let value): value.isFinite ? GGUFValue.shortest(value) : nil
    case .float64(let value): value.isFinite ? value : nil
    default: integer.map(Double.init)
    }
  }

  /// The number that was meant: 1e-5 in 32 bits is 1e-5, not 9.99999974e-6.
  private static func shortest(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }

  /// The truth value; nil for all others.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The text; nil for all others.
  public var string: String? { if case .string(let value) = self { value } else { nil } }

  /// The array; nil for all others.
  public var array: GGUFArray? { if case .array(let value) = self { value } else { nil } }

  /// How messages call it: `the number 3`, `an array of 12 string`.
  public var description: String {
    switch self {
    case .string(let text): "the string \(text.quotedForMessage)"
    case .array(let array): "an array of \(array.count) \(array.kind)"
    case .bool(let value): "\(value)"
    case .float32(let value): "the number \(value)"
    case .float64(let value): "the number \(value)"
    case .uint64(let value): "the number \(value)"
    default: "the number \(integer ?? 0)"
    }
  }
}

/// The array that a GGUF file's metadata has under a key: its bytes, decoded when they are asked for.
///
/// A vocabulary is an array of texts; whoever wants only the weights doesn't wait for it.
public struct GGUFArray: Sendable, Hashable {
  private enum Payload: Sendable {
    case mapped(MappedFile, Range<Int>)
    case owned(Data)
  }

  /// The elements' type.
  public let kind: GGUFValue.Kind
  /// How many there are.
  public let count: Int
  private let payload: Payload

  /// Elements that stand in `range` of `file`, and were checked to.
  init(_ kind: GGUFValue.Kind, count: Int, in file: MappedFile, _ range: Range<Int>) {
    (self.kind, self.count, payload) = (kind, count, .mapped(file, range))
  }

  private init(_ kind: GGUFValue.Kind, count: Int, _ bytes: Data) {
    (self.kind, self.count, payload) = (kind, count, .owned(bytes))
  }

  /// An array of texts.
  public init(_ strings: [String]) {
    var bytes = Data()
    for string in strings { bytes.append(gguf: string) }
    self.init(.string, count: strings.count, bytes)
  }

  /// An array of 32-bit integers.
  public init(_ integers: [Int32]) {
    var bytes = Data(capacity: 4 * integers.count)
    for integer in integers { bytes.append(littleEndian: integer) }
    self.init(.int32, count: integers.count, bytes)
  }

  /// An array of numbers.
  public init(_ floats: [Float]) {
    var bytes = Data(capacity: 4 * floats.count)
    for float in floats { bytes.append(littleEndian: float.bitPattern) }
    self.init(.float32, count: floats.count, bytes)
  }

  /// An array of arrays.
  public init(_ arrays: [GGUFArray]) {
    var bytes = Data()
    for array in arrays { array.append(to: &bytes) }
    self.init(.array, count: arrays.count, bytes)
  }

  /// The type, the count and the elements, as they stand in a file.
  func append(to data: inout Data) {
    data.append(littleEndian: kind.rawValue)
    data.append(littleEndian: UInt64(count))
    withBytes { data.append(contentsOf: $0) }
  }

  func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    switch payload {
    case .mapped(let file, let range):
      defer { withExtendedLifetime(file) {} }
      return try body(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
    case .owned(let data):
      let result = data.withUnsafeBytes { bytes in
        Result { () throws(E) in try body(bytes) }
      }
      return try result.get()
    }
  }

  /// The texts of an array of them; nil for all others, and where one isn't UTF-8.
  public var strings: [String]? {
    guard kind == .string else { return nil }
    return withBytes { bytes in
      var cursor = GGUFCursor(bytes)
      var result: [String] = []
      result.reserveCapacity(count)
      for _ in 0..<count {
        guard let text = try? cursor.string("a text") else { return nil }
        result.append(text)
      }
      return result
    }
  }

  /// The integers of an array of them, of any type; nil for all others.
  public var integers: [Int]? {
    elements { cursor, kind throws(GGUFFault) in try cursor.value(kind, key: "").integer }
  }

  /// The numbers of an array of them, of any type; nil for all others, and where one isn't finite.
  public var doubles: [Double]? {
    elements { cursor, kind throws(GGUFFault) in try cursor.value(kind, key: "").double }
  }

  /// The truth values of an array of them; nil for all others.
  public var bools: [Bool]? {
    elements { cursor, kind throws(GGUFFault) in try cursor.value(kind, key: "").bool }
  }

  /// The arrays of an array of arrays that was read from a file; nil for all others.
  public var arrays: [GGUFArray]? {
    guard kind == .array, case .mapped(let file, let range) = payload else { return nil }
    var cursor = GGUFCursor(
      UnsafeRawBufferPointer(rebasing: file.bytes[..<range.upperBound]), at: range.lowerBound)
    var result: [GGUFArray] = []
    for _ in 0..<count {
      guard let array = try? cursor.array(key: "", in: file) else { return nil }
      result.append(array)
    }
    return result
  }

  private func elements<T>(
    _ read: (inout GGUFCursor, GGUFValue.Kind) throws(GGUFFault) -> T?
  ) -> [T]? {
    guard kind.isFixed else { return nil }
    return withBytes { bytes in
      var cursor = GGUFCursor(bytes)
      var result: [T] = []
      result.reserveCapacity(count)
      for _ in 0..<count {
        guard let element = try? read(&cursor, kind) else { return nil }
        result.append(element)
      }
      return result
    }
  }

  /// Whether type and bytes are the same.
  public static func == (a: GGUFArray, b: GGUFArray) -> Bool {
    a.kind == b.kind && a.count == b.count
      && a.withBytes { x in b.withBytes { y in x.elementsEqual(y) } }
  }

  /// Hashes type and count.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(count)
  }
}

extension Data {
  mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  /// A text with its length before it.
  mutating func append(gguf text: String) {
    append(littleEndian: UInt64(text.utf8.count))
    append(contentsOf: text.utf8)
  }
}
