import Foundation
import Tensors

/// The tensors of a safetensors file, without a copy: they are views of the mapped file.
///
/// The format: the header's length (u64, little-endian), the header (JSON: name → dtype, shape,
/// offsets), the data. Everything in the header is checked when the file is opened: sizes against
/// shapes, and that the tensors cover the data without overlaps and holes.
public struct SafetensorsReader: Sendable {
  /// The file.
  public let url: URL
  /// The strings of `__metadata__`.
  public let metadata: [String: String]
  /// The tensors in the order of the header.
  public let entries: [SafetensorsEntry]

  private let index: [ExactString: Int]
  private let storage: Storage
  private let dataStart: Int

  /// The longest header, as in the reference implementation.
  private static let maximumHeader = 100_000_000

  /// Maps a file and checks its header.
  public init(contentsOf url: URL) throws(FormatError) {
    let file: MappedFile
    do {
      file = try MappedFile(url)
    } catch {
      throw .file(error)
    }
    do {
      let header = try SafetensorsReader.header(file.bytes)
      dataStart = 8 + header.count
      let dataLength = file.bytes.count - dataStart
      (entries, metadata) = try SafetensorsReader.entries(header, dataLength: dataLength)
      try SafetensorsReader.checkCoverage(entries, dataLength: dataLength)
    } catch {
      throw .safetensors(path: url.path, error)
    }
    do {
      storage = try file.storage()
    } catch {
      throw .tensor(path: url.path, name: "", error)
    }
    self.url = url
    index = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { (ExactString($1.name), $0) })
  }

  private static func header(_ bytes: UnsafeRawBufferPointer) throws(SafetensorsFault)
    -> UnsafeRawBufferPointer
  {
    guard bytes.count >= 8 else { throw .tooShort(bytes: bytes.count) }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(maximumHeader) else {
      throw .headerTooLong(length: length, limit: maximumHeader)
    }
    guard Int(length) <= bytes.count - 8 else {
      throw .headerBeyondFile(length: Int(length), available: bytes.count - 8)
    }
    return UnsafeRawBufferPointer(rebasing: bytes[8..<8 + Int(length)])
  }

  private static func entries(_ header: UnsafeRawBufferPointer, dataLength: Int)
    throws(SafetensorsFault) -> ([SafetensorsEntry], [String: String])
  {
    let root: JSONField
    let object: JSONObject
    do {
      root = JSONField(try JSONParser.parse(header))
    } catch {
      throw .header(error)
    }
    var metadata: [String: String] = [:]
    do {
      object = try root.object()
      if let strings = try root.member("__metadata__") {
        for key in try strings.object().keys {
          metadata[key] = try strings.required(key, "a string").string()
        }
      }
    } catch {
      throw .field(error)
    }
    var entries: [SafetensorsEntry] = []
    for (key, value) in zip(object.keys, object.values) where key != "__metadata__" {
      let field = JSONField(value, path: .member(.root, key))
      entries.append(try SafetensorsEntry(key, field, dataLength: dataLength))
    }
    return (entries, metadata)
  }

  private static func checkCoverage(_ entries: [SafetensorsEntry], dataLength: Int)
    throws(SafetensorsFault)
  {
    let sorted = entries.sorted {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    var end = 0
    var last: SafetensorsEntry?
    for entry in sorted where !entry.bytes.isEmpty {
      let begin = entry.bytes.lowerBound
      if begin > end { throw .hole(begin: end, end: begin) }
      if begin < end, let last {
        throw .overlap(first: last.name, second: entry.name, at: begin)
      }
      end = entry.bytes.upperBound
      last = entry
    }
    if end < dataLength { throw .hole(begin: end, end: dataLength) }
  }

  /// The names of the tensors, in the order of the header.
  public var names: [String] { entries.map(\.name) }

  /// What the header says of a tensor, or nil.
  public func entry(named name: String) -> SafetensorsEntry? {
    index[ExactString(name)].map { entries[$0] }
  }

  /// Where a tensor's bytes stand in the mapped file, or nil where there is none of that name.
  public func bytes(of name: String) -> (storage: Storage, byteOffset: Int)? {
    entry(named: name).map { (storage, dataStart + $0.bytes.lowerBound) }
  }

  /// A tensor: a view of the file, or a copy where the file has it at an odd address.
  public func tensor(named name: String) throws(FormatError) -> Tensor {
    guard let entry = entry(named: name) else {
      throw .noTensor(path: url.path, name: name, nearest: nearestName(to: name, among: names))
    }
    guard let dtype = entry.dtype else {
      throw .safetensors(path: url.path, .unsupported(name: name, type: entry.typeName))
    }
    let offset = dataStart + entry.bytes.lowerBound
    let source = storage.base + offset
    if dtype == .bool { try checkBool(name, source, entry.bytes.count) }
    do {
      if UInt(bitPattern: source) % UInt(dtype.byteCount) == 0 || entry.bytes.isEmpty {
        return try Tensor(dtype: dtype, dims: entry.dims, storage: storage, byteOffset: offset)
      }
      let copy = try Tensor(zeros: dtype, dims: entry.dims)
      copy.pointer.copyMemory(from: source, byteCount: entry.bytes.count)
      return copy
    } catch {
      throw .tensor(path: url.path, name: name, error)
    }
  }

  private func checkBool(_ name: String, _ source: UnsafeRawPointer, _ count: Int)
    throws(FormatError)
  {
    let bytes = UnsafeRawBufferPointer(start: source, count: count)
    if let index = bytes.firstIndex(where: { $0 > 1 }) {
      throw .safetensors(
        path: url.path, .notBool(name: name, index: index, value: bytes[index]))
    }
  }
}
