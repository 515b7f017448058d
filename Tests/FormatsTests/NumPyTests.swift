import Foundation
import Tensors
import Testing

@testable import Formats

/// What NumPy reads, byte by byte as its documentation has it (numpy.lib.format, version 1.0).
@Suite struct `NumPy files` {
  private func write(_ tensor: Tensor) throws -> Data {
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "a.npy")
    try NumPyWriter.write(tensor, to: file)
    return try Data(contentsOf: file)
  }

  @Test(arguments: [
    ([2, 3], "(2, 3)"), ([5], "(5,)"), ([], "()"), ([0, 4], "(0, 4)"),
    ([1, 2, 3, 4], "(1, 2, 3, 4)"),
  ])
  func `an array has a header and its elements`(dims: [Int], shape: String) throws {
    let count = dims.reduce(1, *)
    let data = try write(Tensor(dims: dims, floats: (0..<count).map { Float($0) - 0.5 }))
    let start = data.count - 4 * count
    #expect(start % 64 == 0)
    #expect(Array(data.prefix(8)) == [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
    #expect(Int(data[8]) + Int(data[9]) << 8 == start - 10)
    let header = String(decoding: data[10..<start], as: UTF8.self)
    #expect(
      header.trimmingCharacters(in: .whitespacesAndNewlines)
        == "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }")
    #expect(header.hasSuffix("\n"))
    for i in 0..<count {
      let bits = data[(start + 4 * i)...].prefix(4).reversed().reduce(UInt32(0)) {
        $0 << 8 | UInt32($1)
      }
      #expect(Float(bitPattern: bits) == Float(i) - 0.5)
    }
  }

  @Test(arguments: [
    (DType.f32, "<f4", 4), (.f16, "<f2", 2), (.bf16, "<f4", 4), (.i32, "<i4", 4), (.i64, "<i8", 8),
    (.bool, "|b1", 1),
  ])
  func `every element type has a name in NumPy`(dtype: DType, name: String, size: Int) throws {
    let data = try write(Tensor(dtype, dims: [3], doubles: [0, 1, 1]))
    #expect(String(decoding: data[10...], as: UTF8.self).hasPrefix("{'descr': '\(name)'"))
    #expect(data.count % 64 == 3 * size)
  }

  @Test func `checksums are those of IEEE 802·3`() {
    var sum = CRC32()
    #expect(sum.value == 0)
    Array("123456789".utf8).withUnsafeBytes { sum.add($0) }
    #expect(sum.value == 0xcbf4_3926)
    var parts = CRC32()
    for part in ["1", "", "23456", "789"] { Array(part.utf8).withUnsafeBytes { parts.add($0) } }
    #expect(parts.value == sum.value)
    var long = CRC32()
    // 32 bytes of zeros, then of ones: RFC 3720's vectors are of another polynomial; these are zlib's.
    [UInt8](repeating: 0, count: 32).withUnsafeBytes { long.add($0) }
    #expect(long.value == 0x190a_55ad)
  }

  @Test(arguments: [false, true])
  func `an archive lists its members, in 32 and 64 bits`(isLarge: Bool) throws {
    let members = [
      ("a.npy", Data("hello".utf8)), ("b:ü.npy", Data()), ("c.npy", Data(repeating: 7, count: 999)),
    ]
    let folder = try TemporaryFolder()
    let file = folder.url.appending(path: "a.npz")
    try AtomicFile.write(to: file) { sink throws(FileError) in
      var archive = ZipArchive(sink, isLarge: isLarge)
      for (name, bytes) in members {
        var sum = CRC32()
        bytes.withUnsafeBytes { sum.add($0) }
        try archive.begin(name, byteCount: bytes.count, crc32: sum.value)
        try sink.write(bytes)
      }
      try archive.finish()
    }
    #expect(
      try ZipDirectory(Data(contentsOf: file)).members
        == members.map { ZipDirectory.Member(name: $0.0, bytes: $0.1) })
  }

  @Test func `large archives are told from small ones`() {
    #expect(!ZipArchive.isLarge([1 << 30, 1 << 30]))
    #expect(ZipArchive.isLarge([1 << 31, 1 << 31]))
    #expect(ZipArchive.isLarge([Int](repeating: 1, count: 65535)))
  }

  @Test func `the same tensors give the same bytes, and a folder is whole or not there`() throws {
    let tensors = [
      "b": try Tensor(dims: [2], floats: [1, 2]), "a": try Tensor(dims: [], floats: [3]),
    ]
    let folder = try TemporaryFolder()
    let files = ["x.npz", "y.npz"].map { folder.url.appending(path: $0) }
    for file in files { try NumPyWriter.write(tensors, to: file) }
    #expect(try Data(contentsOf: files[0]) == Data(contentsOf: files[1]))
    #expect(
      try ZipDirectory(Data(contentsOf: files[0])).members.map(\.name) == ["a.npy", "b.npy"])
    let arrays = folder.url.appending(path: "arrays")
    try NumPyWriter.write(tensors, toFolder: arrays)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: arrays.path).sorted()
        == ["a.npy", "b.npy"])
    #expect(throws: FileError.exists(path: arrays.path)) {
      try NumPyWriter.write(tensors, toFolder: arrays)
    }
    #expect(throws: FormatError.self) {
      try NumPyWriter.write(tensors, to: folder.url.appending(path: "no/x.npz"))
    }
    #expect(folder.contents == ["arrays", "x.npz", "y.npz"])
  }
}

/// Reads archives back, from the end as readers do.
private struct ZipDirectory {
  struct Member: Equatable {
    var name: String
    var bytes: Data
  }

  struct Broken: Error {}

  var members: [Member] = []
  private let data: Data

  init(_ data: Data) throws {
    self.data = data
    let end = data.count - 22
    guard number(end, 4) == 0x0605_4b50 else { throw Broken() }
    var (count, at) = (number(end + 10, 2), number(end + 16, 4))
    if count == 0xffff {
      let locator = end - 20
      guard number(locator, 4) == 0x0706_4b50 else { throw Broken() }
      let large = number(locator + 8, 8)
      guard number(large, 4) == 0x0606_4b50, number(large + 4, 8) == 44 else { throw Broken() }
      (count, at) = (number(large + 32, 8), number(large + 48, 8))
    }
    for _ in 0..<count {
      guard number(at, 4) == 0x0201_4b50, number(at + 10, 2) == 0 else { throw Broken() }
      var (size, offset) = (number(at + 24, 4), number(at + 42, 4))
      let (name, extra) = (number(at + 28, 2), number(at + 30, 2))
      if size == 0xffff_ffff {
        guard number(at + 46 + name, 2) == 1, number(at + 48 + name, 2) == 24 else {
          throw Broken()
        }
        (size, offset) = (number(at + 50 + name, 8), number(at + 66 + name, 8))
      }
      guard number(offset, 4) == 0x0403_4b50, number(offset + 14, 4) == number(at + 16, 4) else {
        throw Broken()
      }
      let start = offset + 30 + number(offset + 26, 2) + number(offset + 28, 2)
      let bytes = data[start..<start + size]
      var sum = CRC32()
      bytes.withUnsafeBytes { sum.add($0) }
      guard Int(sum.value) == number(at + 16, 4) else { throw Broken() }
      members.append(
        Member(
          name: String(decoding: data[(at + 46)..<(at + 46 + name)], as: UTF8.self),
          bytes: Data(bytes)))
      at += 46 + name + extra
    }
  }

  private func number(_ at: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(data[at + $1]) << (8 * $1) }
  }
}
