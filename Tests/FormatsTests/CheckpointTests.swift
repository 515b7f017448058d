import Foundation
import Tensors
import Testing

@testable import Formats

@Suite struct `Checkpoint` {
  static func write(_ names: [String], _ dims: [Int] = [2, 3], _ type: DType = .f32, to url: URL)
    throws
  {
    let tensors = try names.map { ($0, try Tensor(zeros: type, dims: dims)) }
    try SafetensorsWriter.write(Dictionary(uniqueKeysWithValues: tensors), to: url)
  }

  static func sharded(_ map: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try write(["a", "b"], to: folder.url.appending(path: "1.safetensors"))
    try write(["c"], to: folder.url.appending(path: "2.safetensors"))
    _ = try folder.file("model.safetensors.index.json", map)
    return folder
  }

  @Test func `a file, its folder and a folder with one file are read`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "weights.safetensors")
    try Self.write(["b", "a"], to: url)
    #expect(try Formats.Checkpoint(contentsOf: url).names == ["a", "b"])
    #expect(try Formats.Checkpoint(contentsOf: folder.url).names == ["a", "b"])
    try Self.write(["m"], to: folder.url.appending(path: "model.safetensors"))
    let checkpoint = try Formats.Checkpoint(contentsOf: folder.url)
    #expect(checkpoint.names == ["m"])
    #expect(checkpoint.type(of: "m") == TensorType(.f32, Shape([2, 3])))
    #expect(checkpoint.configURL == nil)
    _ = try folder.file("config.json", "{}")
    #expect(checkpoint.configURL?.lastPathComponent == "config.json")
  }

  @Test func `shards are one checkpoint`() throws {
    let folder = try Self.sharded(
      #"{"metadata":{},"weight_map":{"a":"1.safetensors","c":"2.safetensors"}}"#)
    let checkpoint = try Formats.Checkpoint(contentsOf: folder.url)
    #expect(checkpoint.names == ["a", "c"])
    #expect(try checkpoint.tensor(named: "c").dims == [2, 3])
  }

  @Test(arguments: [
    (
      #"{"weight_map":{"a":"../x"}}"#,
      #"weight_map["a"]: expected a file in this folder, found "../x""#
    ),
    (
      #"{"weight_map":{"a":"/etc/passwd"}}"#,
      #"weight_map["a"]: expected a file in this folder, found "/etc/passwd""#
    ),
    (
      #"{"weight_map":{"a":""}}"#,
      #"weight_map["a"]: expected a file in this folder, found """#
    ),
    (
      #"{"weight_map":{"a":"x/../../y"}}"#,
      #"weight_map["a"]: expected a file in this folder, found "x/../../y""#
    ),
    (
      #"{"weight_map":{"a":"2.safetensors"}}"#,
      #"weight_map["a"]: expected the tensor in "2.safetensors", which has none of that name"#
    ),
    ("{}", "weight_map: expected an object that gives each tensor its file, found nothing"),
    (#"{"weight_map":[]}"#, "weight_map: expected an object, found an empty array"),
    (#"{"weight_map":{"a.b":1}}"#, #"weight_map["a.b"]: expected a string, found the number 1"#),
  ])
  func `a wrong index is refused`(_ map: String, _ message: String) throws {
    let folder = try Self.sharded(map)
    #expect(
      folder.message { _ = try Formats.Checkpoint(contentsOf: folder.url) }
        == "model.safetensors.index.json: " + message)
  }

  @Test func `an index that isn't JSON, and a missing shard, are told`() throws {
    let broken = try Self.sharded("{")
    #expect(
      broken.message { _ = try Formats.Checkpoint(contentsOf: broken.url) }
        == "model.safetensors.index.json:1:2: the text ends where a key in quotes was expected")
    let gone = try Self.sharded(#"{"weight_map":{"a":"3.safetensors"}}"#)
    #expect(
      gone.message { _ = try Formats.Checkpoint(contentsOf: gone.url) }
        == "3.safetensors: cannot be read: No such file or directory")
  }

  @Test func `a folder without weights says what it has`() throws {
    let folder = try TemporaryFolder()
    let expected =
      "FOLDER: expected model.safetensors, model.safetensors.index.json or one *.safetensors,"
    #expect(
      folder.message { _ = try Formats.Checkpoint(contentsOf: folder.url) }
        == expected + " found none of them")
    _ = try folder.file("pytorch_model.bin", "")
    #expect(
      folder.message { _ = try Formats.Checkpoint(contentsOf: folder.url) }
        == expected + " found pytorch_model.bin (save it as safetensors)")
    for name in ["a.safetensors", "b.safetensors"] { _ = try folder.file(name, "") }
    #expect(
      folder.message { _ = try Formats.Checkpoint(contentsOf: folder.url) }
        == "FOLDER: expected one *.safetensors or an index,"
        + " found a.safetensors, b.safetensors (name the file itself)")
  }

  static func binding(
    _ stored: [(String, DType, [Int])], _ expected: [ExpectedTensor]
  ) throws -> (TemporaryFolder, () throws -> CheckpointBinding) {
    let folder = try TemporaryFolder()
    let tensors = try stored.map { ($0.0, try Tensor(zeros: $0.1, dims: $0.2)) }
    let url = folder.url.appending(path: "x.safetensors")
    try SafetensorsWriter.write(Dictionary(uniqueKeysWithValues: tensors), to: url)
    let checkpoint = try Formats.Checkpoint(contentsOf: url)
    return (folder, { try CheckpointBinding(expected, in: checkpoint) })
  }

  @Test func `floats of any width and extra tensors are fine`() throws {
    let (_, bind) = try Self.binding(
      [("a", .f16, [2]), ("b", .bf16, [1]), ("z", .i64, [1]), ("n", .i32, [1])],
      [
        ExpectedTensor(name: "b", dtype: .f32, dims: [1]),
        ExpectedTensor(name: "a", dtype: .f32, dims: [2]),
        ExpectedTensor(name: "n", dtype: .i32, dims: [1]),
      ])
    let binding = try bind()
    #expect(binding.weights.map { $0.tensor?.dtype } == [.bf16, .f16, .i32])
    #expect(binding.extra == ["z"])
  }

  @Test func `all that is wrong is told at once`() throws {
    let (folder, bind) = try Self.binding(
      [("layer.0.wieght", .f32, [2]), ("t", .f16, [2, 3]), ("i", .i64, [1]), ("ok", .f32, [1])],
      [
        ExpectedTensor(name: "ok", dtype: .f32, dims: [1]),
        ExpectedTensor(name: "layer.0.weight", dtype: .f32, dims: [2]),
        ExpectedTensor(name: "other", dtype: .f32, dims: [4, 5]),
        ExpectedTensor(name: "t", dtype: .f32, dims: [3, 2]),
        ExpectedTensor(name: "i", dtype: .i32, dims: [1]),
      ])
    #expect(
      folder.message { _ = try bind() } == """
        x.safetensors: 4 of 5 weights aren't in the checkpoint as the graph needs them
          missing: layer.0.weight f32[2]; the nearest name is "layer.0.wieght"
          missing: other f32[4, 5]
          wrong type: expected t f32[3, 2], found f16[2, 3], which is its transpose
          wrong type: expected i i32[1], found i64[1]
          not used: "layer.0.wieght"
        """)
  }

  @Test func `a prefix that all names have is told`() throws {
    let (folder, bind) = try Self.binding(
      [("bert.a", .f32, [1]), ("bert.b.c", .f32, [1])],
      [
        ExpectedTensor(name: "a", dtype: .f32, dims: [1]),
        ExpectedTensor(name: "b.c", dtype: .f32, dims: [1]),
      ])
    #expect(
      folder.message { _ = try bind() }
        .hasSuffix(#"help: every missing name is there with "bert." in front"#))
  }

  @Test func `a long list is cut`() throws {
    let (folder, bind) = try Self.binding(
      [("zzzzzzzzzzzzzzz", .f32, [1])],
      (0..<100).map { ExpectedTensor(name: "w\($0)", dtype: .f32, dims: [1]) })
    let lines = folder.message { _ = try bind() }.split(separator: "\n")
    #expect(lines.count == 23)
    #expect(lines[21] == "  and 80 more")
  }
}
