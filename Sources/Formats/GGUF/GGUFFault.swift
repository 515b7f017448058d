/// What is wrong with a GGUF file.
public enum GGUFFault: Error, Sendable, Hashable, CustomStringConvertible {
  /// It doesn't begin with `GGUF`.
  case magic(found: [UInt8])
  /// It was written by a machine of the other byte order.
  case byteOrder
  /// It is of a version that Weft doesn't read.
  case version(UInt32)
  /// It ends inside of something.
  case cutOff(what: String, at: Int, needed: Int, available: Int)
  /// There is no room in the file for so many.
  case count(what: String, count: UInt64, at: Int)
  /// A text isn't UTF-8.
  case text(what: String)
  /// A value is of a type that there isn't.
  case valueType(key: String, code: UInt32)
  /// Arrays stand in arrays, deeper than anyone writes.
  case depth(key: String, limit: Int)
  /// A truth value is neither 0 nor 1.
  case notBool(key: String, value: UInt8)
  /// Two values, or two tensors, have one name.
  case duplicate(what: String, name: String)
  /// `general.alignment` isn't a power of two.
  case alignment(found: String)
  /// A tensor has more axes than there are.
  case axes(name: String, count: UInt32, limit: Int)
  /// A tensor is of a type that ggml hasn't.
  case tensorType(name: String, code: UInt32)
  /// A tensor takes more bytes than can be counted.
  case tooLarge(name: String, type: String, dims: [Int])
  /// A row isn't whole blocks.
  case unevenBlocks(name: String, type: String, dims: [Int], block: Int)
  /// A tensor doesn't begin where tensors may.
  case misaligned(name: String, offset: UInt64, alignment: Int)
  /// A tensor's bytes don't lie in the file.
  case offsets(name: String, begin: UInt64, bytes: Int, dataLength: Int)
  /// Two tensors share bytes.
  case overlap(first: String, second: String, at: Int)
  /// The type is none that Weft reads.
  case unsupported(name: String, type: String, dims: [Int])
  /// A value of the metadata is missing.
  case missing(key: String, expected: String)
  /// A value of the metadata isn't what it must be.
  case value(key: String, expected: String, found: String)
  /// The model is of a kind that Weft has no table for.
  case architecture(String, known: [String])
  /// A tensor's rows can't be put into the order of Hugging Face's.
  case rows(name: String, expected: String, found: [Int])

  /// The message.
  public var description: String {
    switch self {
    case .magic(let found): Self.magic(found)
    case .byteOrder:
      "expected numbers that begin with their lowest byte, found the other order"
        + " (convert it on a little-endian machine)"
    case .version(let version): "expected version 2 or 3, found \(version)"
    case .cutOff(let what, let at, let needed, let available):
      "\(what) at byte \(at): expected \(needed) bytes, found \(available) (the file is cut off)"
    case .count(let what, let count, let at):
      "expected no more \(what) than the file has room for, found \(count) at byte \(at)"
    case .text(let what): "\(what) isn't UTF-8"
    case .valueType(let key, let code):
      "\(key.quotedForMessage): expected a value of type 0 to 12, found type \(code)"
    case .depth(let key, let limit):
      "\(key.quotedForMessage): expected at most \(limit) arrays inside each other"
    case .notBool(let key, let value):
      "\(key.quotedForMessage): expected a truth value of 0 or 1, found \(value)"
    case .duplicate(let what, let name): "there are two \(what) \(name.quotedForMessage)"
    case .alignment(let found):
      "general.alignment: expected a power of two up to 65536, found \(found)"
    case .missing(let key, let expected):
      "\(key.quotedForMessage) is missing: expected \(expected)"
    case .value(let key, let expected, let found):
      "\(key.quotedForMessage): expected \(expected), found \(found)"
    case .architecture(let name, let known):
      "general.architecture: expected one of \(known.joined(separator: ", ")),"
        + " found \(name.quotedForMessage)"
    default: tensorDescription
    }
  }

  private var tensorDescription: String {
    switch self {
    case .axes(let name, let count, let limit):
      "tensor \(name.quotedForMessage): expected at most \(limit) axes, found \(count)"
    case .tensorType(let name, let code):
      "tensor \(name.quotedForMessage): expected a type of ggml, found type \(code)"
    case .tooLarge(let name, let type, let dims):
      "tensor \(name.quotedForMessage): \(type)\(dims) takes more bytes than 64 bits can count"
    case .unevenBlocks(let name, let type, let dims, let block):
      "tensor \(name.quotedForMessage): expected rows of whole blocks of \(block),"
        + " found \(type)\(dims)"
    case .misaligned(let name, let offset, let alignment):
      "tensor \(name.quotedForMessage): expected an offset that is a multiple of \(alignment),"
        + " found \(offset)"
    case .offsets(let name, let begin, let bytes, let dataLength):
      "tensor \(name.quotedForMessage): expected \(bytes) bytes from \(begin) on in a data section"
        + " of \(dataLength) (the file is cut off)"
    case .overlap(let first, let second, let at):
      "tensors \(first.quotedForMessage) and \(second.quotedForMessage) share the byte at \(at)"
    case .unsupported(let name, let type, let dims):
      "tensor \(name.quotedForMessage) is \(type)\(dims); Weft reads "
        + GGUFTensorType.all.filter(\.isSupported).map(\.name).joined(separator: ", ")
        + ", and blocks in matrices only"
    case .rows(let name, let expected, let found):
      "tensor \(name.quotedForMessage): expected \(expected), found \(found)"
    default: ""
    }
  }

  private static func magic(_ found: [UInt8]) -> String {
    let text = String(decoding: found, as: UTF8.self)
    return "expected a GGUF file, which begins with 'GGUF', found "
      + (found.isEmpty ? "nothing" : text.quotedForMessage)
  }
}
