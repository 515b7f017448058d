import Compiler
import Executor
import Foundation
import Tensors
import Testing

@testable import Weft

/// Random matrices in blocks, of the formats in turn; what has one axis is as it was.
struct RandomBlocks: WeightSource {
  let formats: [BlockFormat]
  let random = RandomWeights(seed: 3)
  /// Whether they are widened before the model sees them.
  var isDense = false

  func weight(for parameter: Parameter, type: TensorType) throws -> StoredWeight {
    guard let dims = type.shape.values, dims.count == 2 else {
      return try random.weight(for: parameter, type: type)
    }
    let format = formats[parameter.name.utf8.reduce(0) { $0 + Int($1) } % formats.count]
    let matrix = try Self.matrix(format, dims[0], dims[1])
    return isDense ? .dense(try matrix.dense()) : .blocks(matrix)
  }

  /// Random bits whose reals are mostly below a few hundredths.
  static func matrix(_ format: BlockFormat, _ rows: Int, _ columns: Int) throws -> BlockMatrix {
    let count = rows * columns / format.elementsPerBlock
    let storage = try Storage(uninitializedByteCount: count * format.bytesPerBlock)
    var state = UInt64(rows + columns)
    let words = storage.byteCount / 4
    for i in 0..<words {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      storage.base.storeBytes(of: UInt32(state >> 32), toByteOffset: 4 * i, as: UInt32.self)
    }
    let scale: Double = [.q8_0: 1.0 / 4096, .q6_k: 1.0 / 65536][format] ?? 1.0 / 256
    let half = HalfPrecision.binary16(format.elementsPerBlock == 256 ? scale / 16 : scale)
    let least = HalfPrecision.binary16(format.elementsPerBlock == 256 ? scale / 4 : -8 * scale)
    let hasMinimum = [.q4_1, .q5_1, .q4_k, .q5_k].contains(format)
    for i in 0..<count {
      let block = storage.base + i * format.bytesPerBlock
      block.storeBytes(of: half, toByteOffset: format == .q6_k ? 208 : 0, as: UInt16.self)
      if hasMinimum { block.storeBytes(of: least, toByteOffset: 2, as: UInt16.self) }
    }
    return try BlockMatrix(format: format, rows: rows, columns: columns, storage: storage)
  }
}

/// A decoder whose weights are in blocks.
@Suite struct `Models with weights in blocks` {
  private static let settings = [
    "layers": "2", "width": "256", "heads": "4", "kv_heads": "2", "inner": "512",
    "vocabulary": "96",
  ]

  private func model(_ weights: RandomBlocks, threads: Int = 1) throws -> Model {
    let source = ModelSource(file: Repository.graph("llama"), settings: Self.settings)
    let model = try Model(source, weights: .random(seed: 1), threads: threads)
    return Model(model, weights: weights)
  }

  private func logits(_ model: Model) throws -> Tensor {
    let ids = try Tensor(.i32, dims: [1, 20], integers: (0..<20).map { $0 * 37 % 96 })
    return try #require(try model.entry().run(["input_ids": ids])["logits"])
  }

  @Test(arguments: BlockFormat.allCases)
  func `a llama computes nearly what its widened weights give`(format: BlockFormat) throws {
    let blocks = try logits(model(RandomBlocks(formats: [format]))).doubles
    let dense = try logits(model(RandomBlocks(formats: [format], isDense: true))).doubles
    let error = zip(blocks, dense).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
    let size = dense.map { $0 * $0 }.reduce(0, +)
    // Rounding activations to 8 bits makes some hundredths; a wrong weight makes all.
    #expect((error / size).squareRoot() < 0.03)
    #expect(error > 0)
  }

  @Test func `every matrix is read in blocks, and packed into as many bytes`() throws {
    let weights = RandomBlocks(formats: [.q4_k, .q6_k])
    let model = try model(weights)
    let planned = try model.entry().plan(for: ["batch": 1, "tokens": 1])
    let names = planned.steps.map(\.kernel)
    #expect(names.contains { $0.hasSuffix("-gather") && $0.hasPrefix("q") })
    let products = names.filter { $0.contains("gemm") }
    #expect(products.count >= 9 && products.allSatisfy { $0.hasPrefix("s8q") }, "\(products)")
    #expect(products.contains { $0.hasPrefix("s8q4_k-q6_k-gemm") }, "\(products)")
    var bytes = 0
    for (parameter, type) in Model.parameters(of: model.definition)
    where type.rank == 2 && !parameter.name.contains("embed") {
      bytes += try weights.weight(for: parameter, type: type).byteCount
    }
    // Besides them there is a small table.
    #expect((bytes...bytes + 4096).contains(model.shared.packed.byteCount))
  }

  @Test func `the bytes of the logits don't hang on the number of threads`() throws {
    let weights = RandomBlocks(formats: [.q8_0, .q4_0, .q5_k])
    let alone = try logits(model(weights, threads: 1))
    let together = try logits(model(weights, threads: 3))
    #expect(alone.floats.map(\.bitPattern) == together.floats.map(\.bitPattern))
  }
}
