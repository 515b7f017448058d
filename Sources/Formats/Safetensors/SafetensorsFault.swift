import Tensors

/// What is wrong with a safetensors file.
public enum SafetensorsFault: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is no room for the header's length.
  case tooShort(bytes: Int)
  /// The header is longer than any header.
  case headerTooLong(length: UInt64, limit: Int)
  /// The header ends after the file.
  case headerBeyondFile(length: Int, available: Int)
  /// The header isn't JSON.
  case header(JSONError)
  /// A field of the header isn't what it must be.
  case field(JSONFieldError)
  /// A tensor has more axes than any has.
  case axes(name: String, count: Int, limit: Int)
  /// A tensor's bytes don't lie in the data.
  case offsets(name: String, begin: Int, end: Int, dataLength: Int)
  /// A tensor's bytes aren't as many as its shape needs.
  case size(name: String, type: String, dims: [Int], expected: Int, found: Int)
  /// A tensor takes more bytes than can be counted.
  case tooLarge(name: String, type: String, dims: [Int])
  /// Two tensors share bytes.
  case overlap(first: String, second: String, at: Int)
  /// Bytes belong to no tensor.
  case hole(begin: Int, end: Int)
  /// The element type is none that Weft computes with.
  case unsupported(name: String, type: String)
  /// A byte of a bool tensor is neither 0 nor 1.
  case notBool(name: String, index: Int, value: UInt8)

  /// The message.
  public var description: String {
    switch self {
    case .tooShort(let bytes):
      "expected a safetensors file, which has at least 8 bytes, found \(bytes)"
    case .headerTooLong(let length, let limit):
      "expected a header of at most \(limit) bytes, found a length of \(length)"
        + " (is this a safetensors file?)"
    case .headerBeyondFile(let length, let available):
      "expected a header of \(length) bytes, found \(available) (the file is cut off)"
    case .header(let error): "header:\(error)"
    case .field(let error): "header: \(error)"
    case .axes(let name, let count, let limit):
      "tensor \(name.quotedForMessage): expected at most \(limit) axes, found \(count)"
    case .offsets(let name, let begin, let end, let dataLength):
      "tensor \(name.quotedForMessage): expected offsets in 0...\(dataLength),"
        + " found \(begin)..<\(end)" + (end > dataLength ? " (the file is cut off)" : "")
    case .size(let name, let type, let dims, let expected, let found):
      "tensor \(name.quotedForMessage): expected \(expected) bytes for \(type)\(dims),"
        + " found \(found)"
    case .tooLarge(let name, let type, let dims):
      "tensor \(name.quotedForMessage): \(type)\(dims) takes more bytes than 64 bits can count"
    case .overlap(let first, let second, let at):
      "tensors \(first.quotedForMessage) and \(second.quotedForMessage) share the byte at \(at)"
    case .hole(let begin, let end):
      "expected tensors in all of the data, found none in bytes \(begin)..<\(end)"
    case .unsupported(let name, let type):
      "tensor \(name.quotedForMessage) is \(type); Weft reads "
        + SafetensorsEntry.supported.map(\.name).joined(separator: ", ")
    case .notBool(let name, let index, let value):
      "tensor \(name.quotedForMessage): expected bytes of 0 or 1, found \(value) at \(index)"
    }
  }
}
