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
    try write(tensors.map { SafetensorsItem($0, $1) }, metadata, to: url)
  }

  /// Writes weights under their names; 8-bit integers with their scales beside them, in `NAME_scale`.
  public static func write(
    weights: [String: StoredWeight], metadata: [String: String] = [:], to url: URL
  ) throws(FormatError) {
    try WeightSink.file(url) { sink throws(FormatError) in
      try write(weights.map { ($0, $1) }, metadata, to: sink)
    }
  }

  /// Writes weights under their names to where a format writes.
  static func write(
    _ weights: [(name: String, weight: StoredWeight)], _ metadata: [String: String],
    to sink: WeightSink
  ) throws(FormatError) {
    var items: [SafetensorsItem] = []
    for (name, weight) in weights {
      do {
        items += try SafetensorsItem.items(name, weight)
      } catch {
        throw .tensor(path: sink.url.path, name: name, error)
      }
    }
    try write(items, metadata, to: sink)
  }

  /// Writes what a file holds item by item.
  public static func write(
    _ items: [SafetensorsItem], _ metadata: [String: String] = [:], to url: URL
  ) throws(FormatError) {
    try WeightSink.file(url) { sink throws(FormatError) in try write(items, metadata, to: sink) }
  }

  private static func write(
    _ items: [SafetensorsItem], _ metadata: [String: String], to sink: WeightSink
  ) throws(FormatError) {
    let ordered = items.sorted { a, b in
      let (x, y) = (a.elementByteCount, b.elementByteCount)
      return x != y ? x > y : a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
    }
    let header = try header(ordered, metadata, path: sink.url.path)
    var length = UInt64(header.count).littleEndian
    try sink.write(Data(bytes: &length, count: 8))
    try sink.write(header)
    for item in ordered {
      try sink.write(
        UnsafeRawBufferPointer(start: item.storage.base + item.byteOffset, count: item.byteCount))
      withExtendedLifetime(item.storage) {}
    }
  }

  private static func header(
    _ items: [SafetensorsItem], _ metadata: [String: String], path: String
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
    for item in items {
      let end = offset + item.byteCount
      var entry = JSONObject()
      _ = entry.append("dtype", .string(item.typeName))
      _ = entry.append("shape", .array(item.dims.map { .integer($0) }))
      _ = entry.append("data_offsets", .array([.integer(offset), .integer(end)]))
      guard item.name != "__metadata__", header.append(item.name, .object(entry)) else {
        throw .safetensors(
          path: path,
          .field(
            JSONFieldError(
              path: item.name, expected: "a name of its own",
              found: item.name.quotedForMessage)))
      }
      offset = end
    }
    var data = Data(JSONValue.object(header).text.utf8)
    let padding = (alignment - (8 + data.count) % alignment) % alignment
    data.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding))
    return data
  }
}
