import Foundation
import Tensors

/// Writes safetensors files, whole or not at all.
public enum SafetensorsWriter {
  /// Data begins at a multiple of this, so that mapped tensors suit vector registers.
  private static let alignment = 64

  /// Writes tensors under their names.
  ///
  /// The same tensors give the same bytes: they stand in the order of falling element size, which
  /// keeps each aligned to its own without holes, and of their names within a size.
  public static func write(
    _ tensors: [String: Tensor], metadata: [String: String] = [:], to url: URL
  ) throws(FormatError) {
    let ordered = tensors.sorted { a, b in
      let (x, y) = (a.value.dtype.byteCount, b.value.dtype.byteCount)
      return x != y ? x > y : a.key.utf8.lexicographicallyPrecedes(b.key.utf8)
    }
    let header = try header(ordered, metadata, path: url.path)
    do {
      try AtomicFile.write(to: url) { sink throws(FileError) in
        var length = UInt64(header.count).littleEndian
        try sink.write(Data(bytes: &length, count: 8))
        try sink.write(header)
        for (_, tensor) in ordered {
          try sink.write(UnsafeRawBufferPointer(start: tensor.pointer, count: tensor.byteCount))
          withExtendedLifetime(tensor) {}
        }
      }
    } catch {
      throw .file(error)
    }
  }

  private static func header(
    _ tensors: [(key: String, value: Tensor)], _ metadata: [String: String], path: String
  ) throws(FormatError) -> Data {
    var header = JSONObject()
    if !metadata.isEmpty {
      var strings = JSONObject()
      for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
        _ = strings.append(key, .string(value))
      }
      _ = header.append("__metadata__", .object(strings))
    }
    var offset = 0
    for (name, tensor) in tensors {
      let end = offset + tensor.byteCount
      var entry = JSONObject()
      let type = SafetensorsEntry.supported.first { $0.dtype == tensor.dtype }
      _ = entry.append("dtype", .string(type?.name ?? tensor.dtype.rawValue))
      _ = entry.append("shape", .array(tensor.dims.map { .integer($0) }))
      _ = entry.append("data_offsets", .array([.integer(offset), .integer(end)]))
      guard name != "__metadata__", header.append(name, .object(entry)) else {
        throw .safetensors(
          path: path,
          .field(
            JSONFieldError(
              path: name, expected: "a name of its own", found: name.quotedForMessage)))
      }
      offset = end
    }
    var data = Data(JSONValue.object(header).text.utf8)
    let padding = (alignment - (8 + data.count) % alignment) % alignment
    data.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding))
    return data
  }
}
