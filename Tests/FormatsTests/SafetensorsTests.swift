import Foundation
import Tensors
import Testing

@testable import Formats

@Suite struct `Safetensors` {
  static func tensors() throws -> [String: Tensor] {
    [
      "b.weight": try Tensor(dims: [2, 3], floats: [1, 2, 3, 4, 5, -0.0]),
      "a\"é\n": try Tensor(.f16, dims: [3], doubles: [1, 0.5, 65504]),
      "bf": try Tensor(.bf16, dims: [1], doubles: [3]),
      "mask": try Tensor(.bool, dims: [3], doubles: [1, 0, 1]),
      "ids": try Tensor(.i32, dims: [1, 2], integers: [-1, 7]),
      "long": try Tensor(.i64, dims: [1], integers: [1 << 40]),
      "scalar": try Tensor(dims: [], floats: [.nan]),
      "none": try Tensor(dims: [0, 1 << 40], floats: []),
    ]
  }

  @Test func `what is written is read`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "x.safetensors")
    let tensors = try Self.tensors()
    try SafetensorsWriter.write(tensors, metadata: ["format": "pt", "a": "b"], to: url)
    let reader = try SafetensorsReader(contentsOf: url)
    #expect(reader.metadata == ["format": "pt", "a": "b"])
    #expect(reader.names.sorted() == tensors.keys.sorted())
    for (name, tensor) in tensors {
      let read = try reader.tensor(named: name)
      #expect(read.type == tensor.type)
      #expect(read.withUnsafeBytes { Array($0) } == tensor.withUnsafeBytes { Array($0) })
      #expect(UInt(bitPattern: read.pointer) % UInt(read.dtype.byteCount) == 0)
    }
    #expect(folder.contents == ["x.safetensors"])
  }

  @Test func `the same tensors give the same bytes`() throws {
    let folder = try TemporaryFolder()
    let (a, b) = (folder.url.appending(path: "a"), folder.url.appending(path: "b"))
    try SafetensorsWriter.write(try Self.tensors(), metadata: ["x": "1", "y": "2"], to: a)
    try SafetensorsWriter.write(try Self.tensors(), metadata: ["y": "2", "x": "1"], to: b)
    #expect(try Data(contentsOf: a) == Data(contentsOf: b))
  }

  @Test func `no tensors are a file, too`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "x")
    try SafetensorsWriter.write([:], to: url)
    #expect(try SafetensorsReader(contentsOf: url).names.isEmpty)
  }

  @Test func `aligned tensors are views of the mapping`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "x")
    try SafetensorsWriter.write(try Self.tensors(), to: url)
    let reader = try SafetensorsReader(contentsOf: url)
    let a = try reader.tensor(named: "b.weight")
    #expect(try reader.tensor(named: "b.weight").pointer == a.pointer)
    #expect(a.storage === (try reader.tensor(named: "ids").storage))
  }

  @Test func `a tensor at an odd address is copied`() throws {
    let folder = try TemporaryFolder()
    let header =
      #"{"x":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]},"#
      + #""y":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}"#
    let bytes = TemporaryFolder.safetensors(header, data: 1) + [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]
    let reader = try SafetensorsReader(contentsOf: try folder.file("x", bytes))
    let tensor = try reader.tensor(named: "y")
    #expect(tensor.floats == [1, 2])
    #expect(UInt(bitPattern: tensor.pointer) % 4 == 0)
  }

  @Test func `tensors outlive the reader and the file's name`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "x")
    try SafetensorsWriter.write(["a": try Tensor(dims: [2], floats: [3, 4])], to: url)
    let tensor = try SafetensorsReader(contentsOf: url).tensor(named: "a")
    try FileManager.default.removeItem(at: url)
    #expect(tensor.floats == [3, 4])
  }

  @Test func `other element types are listed, not read`() throws {
    let folder = try TemporaryFolder()
    let url = try folder.weights(
      #"{"q":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#, data: 4)
    let reader = try SafetensorsReader(contentsOf: url)
    #expect(reader.names == ["q"])
    #expect(
      folder.message { _ = try reader.tensor(named: "q") }
        == #"x.safetensors: tensor "q" is U8; Weft reads F32, F16, BF16, I32, I64, BOOL"#)
  }

  @Test func `a bool that is neither is refused`() throws {
    let folder = try TemporaryFolder()
    let header = #"{"m":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}"#
    let url = try folder.file("x", TemporaryFolder.safetensors(header, data: 1) + [2])
    let reader = try SafetensorsReader(contentsOf: url)
    #expect(
      folder.message { _ = try reader.tensor(named: "m") }
        == #"x: tensor "m": expected bytes of 0 or 1, found 2 at 1"#)
  }

  @Test func `a name that isn't there gets the nearest`() throws {
    let folder = try TemporaryFolder()
    let url = try folder.weights(
      #"{"weight":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#)
    let reader = try SafetensorsReader(contentsOf: url)
    #expect(
      folder.message { _ = try reader.tensor(named: "weihgt") }
        == #"x.safetensors: there is no tensor "weihgt"; did you mean "weight"?"#)
    #expect(
      folder.message { _ = try reader.tensor(named: "bias") }
        == #"x.safetensors: there is no tensor "bias""#)
  }
}
