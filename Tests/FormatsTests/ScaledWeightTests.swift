import Foundation
import Tensors
import Testing

@testable import Formats

/// Weights that checkpoints store as 8-bit integers with scales.
@Suite struct `Scaled weights` {
  /// A binding of `w` f32[2, 3] in a file with these entries, given as `name: (type, dims, bytes)`.
  private static func bind(
    _ entries: [(String, String, [Int], [UInt8])],
    expected: ExpectedTensor = ExpectedTensor(name: "w", dtype: .f32, dims: [2, 3])
  ) throws -> (TemporaryFolder, () throws -> CheckpointBinding) {
    let folder = try TemporaryFolder()
    var (header, data): ([String], [UInt8]) = ([], [])
    for (name, type, dims, bytes) in entries {
      header.append(
        "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(dims),"
          + "\"data_offsets\":[\(data.count),\(data.count + bytes.count)]}")
      data += bytes
    }
    let text = "{" + header.joined(separator: ",") + "}"
    let url = try folder.file(
      "x.safetensors", TemporaryFolder.safetensors(text, data: 0) + data)
    let checkpoint = try Formats.Checkpoint(contentsOf: url)
    return (folder, { try CheckpointBinding([expected], in: checkpoint) })
  }

  private static func bytes(_ floats: [Float]) -> [UInt8] {
    floats.flatMap { value in (0..<4).map { UInt8(value.bitPattern >> (8 * $0) & 0xFF) } }
  }

  private static let integers: (String, String, [Int], [UInt8]) = (
    "w", "I8", [2, 3], [1, 2, 3, 0xFF, 0x80, 0x7F]
  )

  @Test(arguments: [
    ([2], Int8Matrix.Axis.rows, [2, 4, 6, -0.5, -64, 63.5] as [Float]),
    ([2, 1], .rows, [2, 4, 6, -0.5, -64, 63.5]),
  ])
  func `the scales' shape says what has one`(
    dims: [Int], scaled: Int8Matrix.Axis, values: [Float]
  ) throws {
    let (_, bind) = try Self.bind([
      Self.integers, ("w_scale", "F32", dims, Self.bytes([2, 0.5])), ("z", "I8", [1], [0]),
    ])
    let binding = try bind()
    let matrix = try #require(binding.weights[0].int8)
    #expect(matrix.scaled == scaled)
    #expect(try matrix.dense().floats == values)
    #expect(binding.extra == ["z"])
  }

  @Test func `a row of scales belongs to the columns`() throws {
    let (_, bind) = try Self.bind([
      Self.integers, ("w_scale", "F32", [1, 3], Self.bytes([1, 2, 3])),
    ])
    let matrix = try #require(try bind().weights[0].int8)
    #expect(matrix.scaled == .columns)
    #expect(try matrix.dense().floats == [1, 4, 9, -1, -256, 381])
  }

  @Test func `scales in 16 bits are widened`() throws {
    let (_, bind) = try Self.bind([
      Self.integers, ("w_scale", "BF16", [2, 1], [0x00, 0x40, 0x00, 0x3F]),
    ])
    #expect(try bind().weights[0].int8?.scales.floats == [2, 0.5])
  }

  @Test func `wrong scales are told`() throws {
    func message(_ entries: [(String, String, [Int], [UInt8])]) throws -> String {
      let (folder, bind) = try Self.bind([Self.integers] + entries)
      let lines = folder.message { _ = try bind() }.split(separator: "\n")
      #expect(
        lines[0]
          == "x.safetensors: 1 of 1 weights aren't in the checkpoint as the graph needs them")
      return String(lines[1])
    }
    let start = "  wrong scales: w f32[2, 3]: its scales "
    #expect(try message([]) == start + #"are missing: expected "w_scale""#)
    #expect(
      try message([("w.scale", "F32", [2], Self.bytes([1, 1]))])
        == start + #"are missing: expected "w_scale"; the nearest name is "w.scale""#)
    for dims in [[3], [1, 2], [3, 1], [2, 3], []] {
      let count = dims.reduce(1, *)
      #expect(
        try message([
          ("w_scale", "F32", dims, Self.bytes(Array(repeating: 1, count: count)))
        ])
          == start + #""w_scale": expected f32[2], f32[2, 1] or f32[1, 3], found f32\#(dims)"#)
    }
    #expect(
      try message([("w_scale", "I32", [2], Array(repeating: 0, count: 8))])
        == start + #""w_scale": expected f32[2], f32[2, 1] or f32[1, 3], found i32[2]"#)
    for (value, text) in [(Float.nan, "nan"), (-.infinity, "-inf"), (-1, "-1.0")] {
      #expect(
        try message([("w_scale", "F32", [2], Self.bytes([1, value]))])
          == start + #""w_scale": expected finite numbers from 0, found \#(text) at 1"#)
    }
    #expect(
      try message([
        ("w_scale", "F32", [2], Self.bytes([1, 1])), ("w_zero_point", "I8", [2], [0, 0]),
      ])
        == "  wrong scales: w f32[2, 3]: expected integers without zero points, found "
        + #""w_zero_point" (quantize it symmetrically)"#)
  }

  @Test(arguments: [
    ExpectedTensor(name: "w", dtype: .i32, dims: [2, 3]),
    ExpectedTensor(name: "w", dtype: .f32, dims: [3, 2]),
    ExpectedTensor(name: "w", dtype: .f32, dims: [6]),
  ])
  func `integers stand for a matrix of reals of their shape alone`(
    expected: ExpectedTensor
  ) throws {
    let (folder, bind) = try Self.bind(
      [Self.integers, ("w_scale", "F32", [2], Self.bytes([1, 1]))], expected: expected)
    #expect(
      folder.message { _ = try bind() }
        .contains("wrong type: expected \(expected), found i8[2, 3]"))
  }

  @Test func `scales beside a weight of reals are refused`() throws {
    let reals = ("w", "F32", [2, 3], Self.bytes([1, 2, 3, 4, 5, 6]))
    let (folder, bind) = try Self.bind([reals, ("w_scale", "F32", [2], Self.bytes([1, 2]))])
    #expect(
      folder.message { _ = try bind() }.contains(
        #"wrong scales: w f32[2, 3]: "w_scale" scales it: expected an i8 matrix, found f32"#))
  }

  @Test func `what is written is read again`() throws {
    let folder = try TemporaryFolder()
    let storage = try Storage(byteCount: 6)
    for i in 0..<6 {
      storage.base.storeBytes(of: Int8(20 * i - 50), toByteOffset: i, as: Int8.self)
    }
    for (scaled, count) in [(Int8Matrix.Axis.rows, 2), (.columns, 3)] {
      let scales = try Tensor(dims: [count], floats: (1...count).map { Float($0) / 8 })
      let matrix = try Int8Matrix(
        rows: 2, columns: 3, storage: storage, scales: scales, scaled: scaled)
      let url = folder.url.appending(path: "x.safetensors")
      let bias = try Tensor(.f16, dims: [1], doubles: [0.5])
      try SafetensorsWriter.write(
        weights: ["w": .int8(matrix), "b": .dense(bias)], metadata: ["k": "v"], to: url)
      let reader = try SafetensorsReader(contentsOf: url)
      #expect(reader.names == ["w_scale", "b", "w"])
      #expect(reader.metadata == ["k": "v"])
      let binding = try CheckpointBinding(
        [
          ExpectedTensor(name: "b", dtype: .f32, dims: [1]),
          ExpectedTensor(name: "w", dtype: .f32, dims: [2, 3]),
        ], in: Formats.Checkpoint(contentsOf: url))
      let read = try #require(binding.weights[1].int8)
      #expect(read.scaled == scaled)
      #expect(read.scales.floats == scales.floats)
      #expect(try read.dense().floats == matrix.dense().floats)
      #expect(binding.weights[0].tensor?.dtype == .f16)
      #expect(binding.extra.isEmpty)
    }
  }
}
