import Foundation
import Tensors

/// Writes GGUF files (version 3, little-endian), whole or not at all.
public enum GGUFWriter {
  /// Writes metadata and weights in the order in which they are given.
  ///
  /// Tensors begin at multiples of `general.alignment`, or of 32. The same input gives the same bytes.
  ///
  /// - Throws: ``FormatError`` for a weight that GGUF has no type for (bool, 8-bit integers with
  ///   scales), two of one name, a bad alignment, and where the file can't be written.
  public static func write(
    _ weights: [(name: String, weight: StoredWeight)], metadata: GGUFMetadata, to url: URL
  ) throws(FormatError) {
    try WeightSink.file(url) { sink throws(FormatError) in
      try write(weights, metadata: metadata, to: sink)
    }
  }

  /// Writes metadata and weights to where a format writes.
  public static func write(
    _ weights: [(name: String, weight: StoredWeight)], metadata: GGUFMetadata, to sink: WeightSink
  ) throws(FormatError) {
    let alignment = metadata["general.alignment"]?.integer ?? GGUFReader.standardAlignment
    guard (1...(1 << 16)).contains(alignment), alignment & (alignment - 1) == 0 else {
      throw .gguf(path: sink.url.path, .alignment(found: "\(alignment)"))
    }
    var header: Data
    do throws(GGUFFault) {
      header = try self.header(weights, metadata, alignment: alignment)
    } catch {
      throw .gguf(path: sink.url.path, error)
    }
    header.append(Data(count: padding(header.count, alignment)))
    try sink.write(header)
    for (_, weight) in weights {
      let (storage, start) = place(of: weight)
      try sink.write(UnsafeRawBufferPointer(start: storage.base + start, count: weight.byteCount))
      withExtendedLifetime(storage) {}
      try sink.write(Data(count: padding(weight.byteCount, alignment)))
    }
  }

  private static func padding(_ count: Int, _ alignment: Int) -> Int {
    (alignment - count % alignment) % alignment
  }

  private static func place(of weight: StoredWeight) -> (Storage, Int) {
    switch weight {
    case .dense(let tensor): (tensor.storage, tensor.byteOffset)
    case .int8(let matrix): (matrix.storage, matrix.byteOffset)
    case .blocks(let matrix): (matrix.storage, matrix.byteOffset)
    }
  }

  private static func header(
    _ weights: [(name: String, weight: StoredWeight)], _ metadata: GGUFMetadata, alignment: Int
  ) throws(GGUFFault) -> Data {
    var data = Data(GGUFReader.magic)
    data.append(littleEndian: UInt32(3))
    data.append(littleEndian: UInt64(weights.count))
    data.append(littleEndian: UInt64(metadata.keys.count))
    for key in metadata.keys {
      guard let value = metadata[key] else { continue }
      data.append(gguf: key)
      append(value, to: &data)
    }
    var names: Set<ExactString> = []
    var offset = 0
    for (name, weight) in weights {
      guard names.insert(ExactString(name)).inserted else {
        throw .duplicate(what: "tensors", name: name)
      }
      data.append(gguf: name)
      data.append(littleEndian: UInt32(weight.dims.count))
      for dim in weight.dims.reversed() { data.append(littleEndian: UInt64(dim)) }
      data.append(littleEndian: try type(of: weight, name).code)
      data.append(littleEndian: UInt64(offset))
      offset += weight.byteCount + padding(weight.byteCount, alignment)
    }
    return data
  }

  private static func type(of weight: StoredWeight, _ name: String) throws(GGUFFault)
    -> GGUFTensorType
  {
    switch weight {
    case .dense(let tensor):
      if let type = GGUFTensorType(tensor.dtype) { return type }
    case .blocks(let matrix): return GGUFTensorType(matrix.format)
    case .int8: break
    }
    throw .unsupported(name: name, type: weight.typeDescription, dims: [])
  }

  private static func append(_ value: GGUFValue, to data: inout Data) {
    data.append(littleEndian: value.kind.rawValue)
    switch value {
    case .uint8(let value): data.append(littleEndian: value)
    case .int8(let value): data.append(littleEndian: value)
    case .uint16(let value): data.append(littleEndian: value)
    case .int16(let value): data.append(littleEndian: value)
    case .uint32(let value): data.append(littleEndian: value)
    case .int32(let value): data.append(littleEndian: value)
    case .uint64(let value): data.append(littleEndian: value)
    case .int64(let value): data.append(littleEndian: value)
    case .float32(let value): data.append(littleEndian: value.bitPattern)
    case .float64(let value): data.append(littleEndian: value.bitPattern)
    case .bool(let value): data.append(littleEndian: UInt8(value ? 1 : 0))
    case .string(let value): data.append(gguf: value)
    case .array(let value): value.append(to: &data)
    }
  }
}
