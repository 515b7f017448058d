import Foundation

@testable import Formats

/// A GGUF file put together by hand, so that any part of it can be wrong.
struct GGUFBytes {
  var magic = Array("GGUF".utf8)
  var version: UInt32 = 3
  var tensorCount: UInt64?
  var valueCount: UInt64?
  /// Keys and what follows them: the type's number and the value.
  var values: [(key: String, bytes: Data)] = []
  var tensors: [Tensor] = []
  var data = Data()

  struct Tensor {
    var name: String
    /// Innermost first, as in the file.
    var dims: [UInt64]
    var type: UInt32 = 0
    var offset: UInt64 = 0
  }

  static func value(_ kind: GGUFValue.Kind, _ bytes: some FixedWidthInteger) -> Data {
    var data = Data()
    data.append(littleEndian: kind.rawValue)
    data.append(littleEndian: bytes)
    return data
  }

  static func text(_ text: String) -> Data {
    var data = Data()
    data.append(littleEndian: GGUFValue.Kind.string.rawValue)
    data.append(gguf: text)
    return data
  }

  /// Type, element type, count and elements.
  static func array(_ kind: UInt32, count: UInt64, _ elements: [UInt8] = []) -> Data {
    var data = Data()
    data.append(littleEndian: GGUFValue.Kind.array.rawValue)
    data.append(littleEndian: kind)
    data.append(littleEndian: count)
    return data + elements
  }

  var bytes: Data {
    var all = Data(magic)
    all.append(littleEndian: version)
    all.append(littleEndian: tensorCount ?? UInt64(tensors.count))
    all.append(littleEndian: valueCount ?? UInt64(values.count))
    for value in values {
      all.append(gguf: value.key)
      all.append(value.bytes)
    }
    for tensor in tensors {
      all.append(gguf: tensor.name)
      all.append(littleEndian: UInt32(tensor.dims.count))
      for dim in tensor.dims { all.append(littleEndian: dim) }
      all.append(littleEndian: tensor.type)
      all.append(littleEndian: tensor.offset)
    }
    return all + Data(count: (32 - all.count % 32) % 32) + data
  }
}
