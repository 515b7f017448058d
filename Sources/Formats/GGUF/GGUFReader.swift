import Foundation
import Tensors

/// The tensors and the metadata of a GGUF file (version 2 or 3, little-endian), without a copy:
/// tensors are views of the mapped file.
///
/// The format: `GGUF`, version, counts; metadata; tensors (name, extents, type, offset); padding;
/// data. Everything in the header is checked when the file is opened: counts against what is left of
/// the file, sizes against shapes, and that the tensors don't overlap.
public struct GGUFReader: Sendable {
  /// The file.
  public let url: URL
  /// 2 or 3, which differ in nothing that is read here.
  public let version: Int
  /// What tensors' offsets are multiples of.
  public let alignment: Int
  /// The values by key.
  public let metadata: GGUFMetadata
  /// The tensors in the order of the header.
  public let entries: [GGUFEntry]

  private let index: [ExactString: Int]
  private let storage: Storage
  private let dataStart: Int

  /// How a file begins.
  static let magic = Array("GGUF".utf8)
  /// What offsets are multiples of, where the file doesn't say so.
  static let standardAlignment = 32
  private static let maximumAlignment = 1 << 16

  /// Maps a file and checks its header.
  public init(contentsOf url: URL) throws(FormatError) {
    let file: MappedFile
    do {
      file = try MappedFile(url)
    } catch {
      throw .file(error)
    }
    do throws(GGUFFault) {
      var cursor = GGUFCursor(file.bytes)
      version = try GGUFReader.version(&cursor)
      let tensorCount = try cursor.count("tensors", size: GGUFEntry.minimumByteCount)
      let valueCount = try cursor.count("values", size: 8 + 4 + 1)
      metadata = try GGUFMetadata(valueCount, &cursor, in: file)
      alignment = try GGUFReader.alignment(metadata)
      var unplaced: [GGUFEntry.Unplaced] = []
      for _ in 0..<tensorCount { unplaced.append(try GGUFEntry.Unplaced(&cursor)) }
      // No data section follows where there are no tensors.
      let header = cursor.position + (alignment - cursor.position % alignment) % alignment
      dataStart = min(header, file.bytes.count)
      var entries: [GGUFEntry] = []
      for entry in unplaced {
        entries.append(
          try GGUFEntry(entry, alignment: alignment, dataLength: file.bytes.count - dataStart))
      }
      self.entries = entries
      index = try GGUFReader.index(entries)
      try GGUFReader.checkOverlaps(entries)
    } catch {
      throw .gguf(path: url.path, error)
    }
    do {
      storage = try file.storage()
    } catch {
      throw .tensor(path: url.path, name: "", error)
    }
    self.url = url
  }

  /// Whether the file at `url` begins as GGUF files do.
  public static func isGGUF(_ url: URL) -> Bool {
    guard let handle = try? FileHandle(forReadingFrom: url) else { return false }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: magic.count)).map { Array($0) } == magic
  }

  private static func version(_ cursor: inout GGUFCursor) throws(GGUFFault) -> Int {
    var found: [UInt8] = []
    while found.count < magic.count, let byte = try? cursor.integer(UInt8.self, "") {
      found.append(byte)
    }
    guard found == magic else { throw .magic(found: found) }
    let version = try cursor.integer(UInt32.self, "the version")
    if (1...3).contains(version.byteSwapped) { throw .byteOrder }
    guard (2...3).contains(version) else { throw .version(version) }
    return Int(version)
  }

  private static func alignment(_ metadata: GGUFMetadata) throws(GGUFFault) -> Int {
    guard let value = metadata["general.alignment"] else { return standardAlignment }
    guard let alignment = value.integer, (1...maximumAlignment).contains(alignment),
      alignment & (alignment - 1) == 0
    else { throw .alignment(found: value.description) }
    return alignment
  }

  private static func index(_ entries: [GGUFEntry]) throws(GGUFFault) -> [ExactString: Int] {
    var index: [ExactString: Int] = [:]
    for (i, entry) in entries.enumerated() {
      guard index.updateValue(i, forKey: ExactString(entry.name)) == nil else {
        throw .duplicate(what: "tensors", name: entry.name)
      }
    }
    return index
  }

  private static func checkOverlaps(_ entries: [GGUFEntry]) throws(GGUFFault) {
    let sorted = entries.filter { !$0.bytes.isEmpty }.sorted {
      $0.bytes.lowerBound < $1.bytes.lowerBound
    }
    for (first, second) in zip(sorted, sorted.dropFirst())
    where second.bytes.lowerBound < first.bytes.upperBound {
      throw .overlap(first: first.name, second: second.name, at: second.bytes.lowerBound)
    }
  }

  /// What the header says of a tensor, or nil.
  public func entry(named name: String) -> GGUFEntry? {
    index[ExactString(name)].map { entries[$0] }
  }

  /// A tensor: a view of the file, or a copy where the file has its elements at an odd address.
  public func weight(named name: String) throws(FormatError) -> StoredWeight {
    guard let entry = entry(named: name) else {
      throw .noTensor(
        path: url.path, name: name, nearest: nearestName(to: name, among: entries.map(\.name)))
    }
    let offset = dataStart + entry.bytes.lowerBound
    do throws(TensorError) {
      if let dtype = entry.type.dtype {
        return .dense(try tensor(dtype, entry, at: offset))
      }
      if let format = entry.type.format, entry.dims.count == 2 {
        return .blocks(
          try BlockMatrix(
            format: format, rows: entry.dims[0], columns: entry.dims[1], storage: storage,
            byteOffset: offset))
      }
    } catch {
      throw .tensor(path: url.path, name: name, error)
    }
    throw .gguf(
      path: url.path, .unsupported(name: name, type: entry.type.name, dims: entry.dims))
  }

  private func tensor(_ dtype: DType, _ entry: GGUFEntry, at offset: Int) throws(TensorError)
    -> Tensor
  {
    let source = storage.base + offset
    if UInt(bitPattern: source) % UInt(dtype.byteCount) == 0 || entry.bytes.isEmpty {
      return try Tensor(dtype: dtype, dims: entry.dims, storage: storage, byteOffset: offset)
    }
    let copy = try Tensor(zeros: dtype, dims: entry.dims)
    copy.pointer.copyMemory(from: source, byteCount: entry.bytes.count)
    return copy
  }
}
