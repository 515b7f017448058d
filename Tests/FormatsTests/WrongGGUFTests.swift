import Foundation
import Tensors
import Testing

@testable import Formats

@Suite struct `Wrong GGUF files` {
  private func message(_ file: GGUFBytes) throws -> String {
    let folder = try TemporaryFolder()
    let url = try folder.file("x.gguf", file.bytes)
    return folder.message {
      let reader = try GGUFReader(contentsOf: url)
      for entry in reader.entries { _ = try reader.weight(named: entry.name) }
    }
  }

  private func file(_ tensors: GGUFBytes.Tensor..., data: Int = 0) -> GGUFBytes {
    GGUFBytes(tensors: tensors, data: Data(count: data))
  }

  @Test func `what is whole is read`() throws {
    #expect(try message(file(.init(name: "a", dims: [4, 2]), data: 32)) == "no error")
    var version2 = file()
    version2.version = 2
    #expect(try message(version2) == "no error")
  }

  @Test func `other files, versions and byte orders are named`() throws {
    #expect(
      try message(GGUFBytes(magic: Array("GGML".utf8)))
        == #"x.gguf: expected a GGUF file, which begins with 'GGUF', found "GGML""#)
    #expect(
      try message(GGUFBytes(version: 1)) == "x.gguf: expected version 2 or 3, found 1")
    #expect(
      try message(GGUFBytes(version: UInt32(3).byteSwapped))
        == "x.gguf: expected numbers that begin with their lowest byte, found the other order"
        + " (convert it on a little-endian machine)")
    let folder = try TemporaryFolder()
    let empty = try folder.file("x.gguf", [])
    #expect(
      folder.message { _ = try GGUFReader(contentsOf: empty) }
        == "x.gguf: expected a GGUF file, which begins with 'GGUF', found nothing")
  }

  @Test(arguments: [UInt64(1), 1000, 1 << 40, 1 << 63, .max])
  func `counts that the file has no room for take no memory`(_ count: UInt64) throws {
    #expect(
      try message(GGUFBytes(tensorCount: count))
        .hasPrefix("x.gguf: expected no more tensors than the file has room for, found \(count)"))
    #expect(
      try message(GGUFBytes(valueCount: max(count, 2)))
        .hasPrefix("x.gguf: expected no more values than the file has room for"))
    for kind in GGUFValue.Kind.allCases {
      let file = GGUFBytes(values: [
        ("k", GGUFBytes.array(kind.rawValue, count: max(count, 1000)))
      ])
      #expect(
        try message(file).hasPrefix(
          #"x.gguf: expected no more elements of "k" than the file has room for, found"#))
    }
  }

  @Test func `metadata that isn't what it must be is named`() throws {
    func found(_ bytes: Data) throws -> String {
      try message(GGUFBytes(values: [("k", bytes)]))
    }
    #expect(
      try found(GGUFBytes.value(.bool, UInt8(2)))
        == #"x.gguf: "k": expected a truth value of 0 or 1, found 2"#)
    #expect(
      try found(Data([13, 0, 0, 0]))
        == #"x.gguf: "k": expected a value of type 0 to 12, found type 13"#)
    #expect(
      try found(Data([8, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0xC3, 0x28]))
        == "x.gguf: k isn't UTF-8")
    #expect(
      try found(Data([8, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 8)))
        .hasPrefix("x.gguf: k at byte "))
    let deep = (0..<40).reduce(Data()) { all, _ in
      all + GGUFBytes.array(9, count: 1).dropFirst(all.isEmpty ? 0 : 4)
    }
    #expect(
      try found(deep) == #"x.gguf: "k": expected at most 8 arrays inside each other"#)
    let twice = GGUFBytes(values: [
      ("k", GGUFBytes.text("a")), ("k", GGUFBytes.text("a")),
    ])
    #expect(try message(twice) == #"x.gguf: there are two values of "k""#)
  }

  @Test(arguments: [UInt32(0), 3, 48, 1 << 17, .max])
  func `an alignment is a power of two`(_ alignment: UInt32) throws {
    let file = GGUFBytes(values: [
      ("general.alignment", GGUFBytes.value(.uint32, alignment))
    ])
    #expect(
      try message(file) == "x.gguf: general.alignment: expected a power of two up to 65536,"
        + " found the number \(alignment)")
  }

  @Test func `tensors that aren't where they must be are named`() throws {
    let row = GGUFBytes.Tensor(name: "a", dims: [8])
    #expect(
      try message(file(row, row, data: 64)) == #"x.gguf: there are two tensors "a""#)
    #expect(
      try message(file(row, .init(name: "b", dims: [8], offset: 0), data: 64))
        == #"x.gguf: tensors "a" and "b" share the byte at 0"#)
    #expect(
      try message(file(.init(name: "a", dims: [8], offset: 4), data: 64))
        == #"x.gguf: tensor "a": expected an offset that is a multiple of 32, found 4"#)
    #expect(
      try message(file(row, data: 31))
        == #"x.gguf: tensor "a": expected 32 bytes from 0 on in a data section of 31"#
        + " (the file is cut off)")
    #expect(
      try message(file(.init(name: "a", dims: [8], offset: 1 << 63), data: 64))
        .contains("expected 32 bytes from 9223372036854775808 on"))
    #expect(
      try message(file(.init(name: "a", dims: [1 << 62, 1 << 62])))
        .contains("takes more bytes than 64 bits can count"))
    #expect(
      try message(file(.init(name: "a", dims: [.max, .max, 0]))) == "no error")
    #expect(
      try message(file(.init(name: "a", dims: [1, 1, 1, 1, 1])))
        == #"x.gguf: tensor "a": expected at most 4 axes, found 5"#)
    #expect(
      try message(file(.init(name: "a", dims: [33, 2], type: 8), data: 128))
        == #"x.gguf: tensor "a": expected rows of whole blocks of 32, found Q8_0[2, 33]"#)
  }

  @Test func `types that there aren't, and those that Weft doesn't read, are named`() throws {
    for type: UInt32 in [4, 5, 31, 36, 1000] {
      #expect(
        try message(file(.init(name: "a", dims: [32], type: type), data: 64))
          == #"x.gguf: tensor "a": expected a type of ggml, found type \#(type)"#)
    }
    #expect(
      try message(file(.init(name: "a", dims: [256, 1], type: 10), data: 96))
        == #"x.gguf: tensor "a" is Q2_K[1, 256]; Weft reads F32, F16, Q4_0, Q4_1, Q5_0, Q5_1,"#
        + " Q8_0, Q4_K, Q5_K, Q6_K, I32, I64, BF16, and blocks in matrices only")
    #expect(
      try message(file(.init(name: "a", dims: [32], type: 8), data: 64))
        .hasPrefix(#"x.gguf: tensor "a" is Q8_0[32]; Weft reads"#))
  }

  @Test func `a file that is cut off anywhere is an error or has all of its tensors`() throws {
    let whole = try Data(contentsOf: `GGUF files`.reader().url)
    let folder = try TemporaryFolder()
    for length in stride(from: 0, to: whole.count, by: 7) {
      let url = try folder.file("x.gguf", whole.prefix(length))
      #expect(throws: FormatError.self) { _ = try GGUFReader(contentsOf: url) }
    }
  }

  @Test func `a header with any byte changed never traps`() throws {
    let whole = try Data(contentsOf: `GGUF files`.reader().url)
    let folder = try TemporaryFolder()
    for i in 0..<1500 {
      var bytes = whole
      bytes[i] ^= UInt8(truncatingIfNeeded: 1 << (i % 8) | 0x80)
      let url = try folder.file("x.gguf", bytes)
      guard let file = try? GGUFReader(contentsOf: url) else { continue }
      for entry in file.entries { _ = try? file.weight(named: entry.name) }
      for key in file.metadata.keys { _ = file.metadata[key]?.array?.strings }
    }
  }
}
