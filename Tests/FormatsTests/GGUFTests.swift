import Foundation
import Tensors
import Testing

@testable import Formats

/// Files that the gguf package wrote (Reference/record_gguf.py), and what it says they hold.
@Suite struct `GGUF files` {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Reference")
  static let formats = ["q8_0", "q4_0", "q4_1", "q5_0", "q5_1", "q4_k", "q5_k", "q6_k"]

  static func reader() throws -> GGUFReader {
    try GGUFReader(contentsOf: folder.appending(path: "kinds.gguf"))
  }

  static func expected(_ name: String) throws -> [Float] {
    try SafetensorsReader(contentsOf: folder.appending(path: "kinds.safetensors"))
      .tensor(named: name).floats
  }

  @Test func `values of every type are read`() throws {
    let metadata = try Self.reader().metadata
    #expect(metadata.architecture == "test")
    let numbers: [(String, GGUFValue)] = [
      ("uint8", .uint8(200)), ("int8", .int8(-100)), ("uint16", .uint16(60000)),
      ("int16", .int16(-30000)), ("uint32", .uint32(4_000_000_000)),
      ("int32", .int32(-2_000_000_000)), ("uint64", .uint64(.max)), ("int64", .int64(.min)),
      ("float32", .float32(1e-5)), ("float64", .float64(0.1)), ("bool", .bool(true)),
      ("string", .string("naïve 🙂")),
    ]
    for (name, value) in numbers { #expect(metadata["a." + name] == value) }
    #expect(try metadata.double("a.float32") == 1e-5)
    #expect(try metadata.strings("a.strings") == ["", "Ġthe", "▁a"])
    #expect(try metadata.integers("a.integers") == [1, -2, 3])
    #expect(try metadata.doubles("a.floats") == [0.5, -1.5])
    #expect(metadata["a.bools"]?.array?.bools == [true, false])
    #expect(metadata["a.nested"]?.array?.arrays?.map(\.integers) == [[1, 2], [3]])
    #expect(try metadata.integer("a.nothing") == nil)
  }

  @Test func `a value of another type is an error that says so`() throws {
    let metadata = try Self.reader().metadata
    #expect {
      _ = try metadata.integer("a.string")
    } throws: {
      "\($0)" == #""a.string": expected an integer, found the string "naïve 🙂""#
    }
    #expect {
      _ = try metadata.integer("a.uint64")
    } throws: {
      "\($0)" == #""a.uint64": expected an integer, found the number 18446744073709551615"#
    }
    #expect(throws: GGUFFault.self) { _ = try metadata.strings("a.integers") }
  }

  @Test(arguments: ["f32", "f16", "bf16"])
  func `tensors of elements are views of the file`(_ name: String) throws {
    let weight = try Self.reader().weight(named: name)
    let tensor = try #require(weight.tensor)
    #expect(tensor.dims == [3, 256])
    #expect(tensor.dtype.rawValue == name)
    #expect(tensor.storage.isReloadable)
    #expect(try tensor.floats == Self.expected(name))
  }

  @Test(arguments: formats)
  func `blocks are views of the file, and the gguf package's reals`(_ name: String) throws {
    let matrix = try #require(try Self.reader().weight(named: name).blocks)
    #expect(matrix.format.rawValue == name)
    #expect(matrix.dims == [3, 256])
    #expect(matrix.storage.isReloadable)
    let expected = try Self.expected(name)
    let found = try matrix.dense().floats
    #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
  }

  @Test func `extents are outermost first`() throws {
    let file = try Self.reader()
    #expect(try file.weight(named: "cube").dims == [2, 3, 4])
    #expect(try file.weight(named: "vector").tensor?.floats == [0, 1, 2, 3, 4])
    #expect(file.entry(named: "none") == nil)
  }

  @Test func `what the writer writes is what the reader reads, byte for byte`() throws {
    let folder = try TemporaryFolder()
    let file = try Self.reader()
    let weights = try file.entries.map {
      (name: $0.name, weight: try file.weight(named: $0.name))
    }
    let url = folder.url.appending(path: "copy.gguf")
    try GGUFWriter.write(weights, metadata: file.metadata, to: url)
    #expect(try Data(contentsOf: url) == Data(contentsOf: file.url))
    #expect(folder.contents == ["copy.gguf"])
  }

  @Test func `an alignment of its own is kept`() throws {
    let folder = try TemporaryFolder()
    var metadata = GGUFMetadata()
    metadata["general.alignment"] = .uint32(256)
    metadata["names"] = .array(GGUFArray(["a", "b"]))
    metadata["gone"] = .bool(true)
    metadata["gone"] = nil
    let url = folder.url.appending(path: "x.gguf")
    let tensors = try (1...3).map { i in
      (
        name: "t\(i)",
        weight: StoredWeight.dense(
          try Tensor(dims: [i], floats: .init(repeating: Float(i), count: i)))
      )
    }
    try GGUFWriter.write(tensors, metadata: metadata, to: url)
    let file = try GGUFReader(contentsOf: url)
    #expect(file.alignment == 256)
    #expect(file.metadata.keys == ["general.alignment", "names"])
    #expect(file.entries.map(\.bytes.lowerBound) == [0, 256, 512])
    #expect(try file.weight(named: "t3").tensor?.floats == [3, 3, 3])
  }

  @Test func `what GGUF has no type for isn't written`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "x.gguf")
    let one = StoredWeight.dense(try Tensor(dims: [1], floats: [1]))
    let truth = StoredWeight.dense(try Tensor(zeros: .bool, dims: [1]))
    #expect(
      folder.message { try GGUFWriter.write([("a", truth)], metadata: .init(), to: url) }
        .hasPrefix(#"x.gguf: tensor "a" is bool[1]"#))
    #expect(
      folder.message { try GGUFWriter.write([("a", one), ("a", one)], metadata: .init(), to: url) }
        == #"x.gguf: there are two tensors "a""#)
    #expect(folder.contents == [])
  }
}
