import CKernels
import Foundation
import Testing

@Suite struct GatherTests {
  static let widths = [1, 7, 8, 16, 33, 384]

  @Test(arguments: Kernels.available, [WEFT_F32, WEFT_F16, WEFT_BF16])
  func `rows come by their index, and a bad index is told and not followed`(
    kernels: Kernels, type: weft_dtype
  ) {
    for width in Self.widths {
      for edge in Edge.allCases {
        var random = SplitMix(width)
        let rows = 5
        let table = Product.stored(random.floats(rows * width), as: type)
        let indices: [Int64] = [4, 0, 0, -1, 3, 5, .max, .min, 1]
        let from = GuardedBuffer(table.bytes, edge: edge)
        let index = GuardedBuffer(indices, edge: edge)
        let out = GuardedBuffer([Float](repeating: 9, count: indices.count * width), edge: edge)
        var args = weft_gather_args(
          table: from.pointer, type: type, table_rows: rows, width: width, index: index.pointer,
          index_type: WEFT_I64, out: out.pointer)
        let gather = kernels.table.pointee.gather
        #expect(gather(&args, 0, indices.count) == 3)
        #expect(gather(&args, 0, 3) == -1)
        #expect(gather(&args, 4, indices.count) == 5)
        for (i, row) in indices.enumerated() {
          for j in 0..<width {
            let good = row >= 0 && row < rows
            #expect(out.pointer[i * width + j] == (good ? table.values[Int(row) * width + j] : 0))
          }
        }
      }
    }
  }

  @Test(arguments: Kernels.available)
  func `bytes are gathered as they are`(kernels: Kernels) {
    let from = GuardedBuffer((0..<21).map { UInt8($0) }, edge: .end)
    let index = GuardedBuffer([Int32(2), 3, 0, -5], edge: .end)
    let out = GuardedBuffer([UInt8](repeating: 9, count: 28), edge: .end)
    var args = weft_gather_args(
      table: from.pointer, type: WEFT_F32, table_rows: 3, width: 7, index: index.pointer,
      index_type: WEFT_I32, out: out.pointer)
    #expect(kernels.table.pointee.gather_bytes(&args, 0, 4) == 1)
    let zeros = [UInt8](repeating: 0, count: 7)
    #expect(out.elements == Array(14...20) + zeros + Array(0...6) + zeros)
  }

  @Test(arguments: Kernels.available, Edge.allCases)
  func `embeddings are summed and normalized as defined`(kernels: Kernels, edge: Edge) {
    for width in Self.widths {
      var random = SplitMix(width)
      let words = random.floats(6 * width)
      let positions = Product.stored(random.floats(4 * width), as: WEFT_F16)
      let kinds = Product.stored(random.floats(2 * width), as: WEFT_BF16)
      let gamma = GuardedBuffer(random.floats(width), edge: edge)
      let beta = GuardedBuffer(random.floats(width), edge: edge)
      let ids: [Int32] = [5, 0, 3, 2, 1, 5, 6]
      let types: [Int64] = [0, 1, 0, 1, 1, 0, 0]
      let wordTable = GuardedBuffer(words, edge: edge)
      let positionTable = GuardedBuffer(positions.bytes, edge: edge)
      let kindTable = GuardedBuffer(kinds.bytes, edge: edge)
      let idBuffer = GuardedBuffer(ids, edge: edge)
      let typeBuffer = GuardedBuffer(types, edge: edge)
      let out = GuardedBuffer<Float>(count: ids.count * width, edge: edge)
      var args = weft_embedding_args()
      args.sources.0 = weft_embedding_source(
        table: wordTable.pointer, type: WEFT_F32, table_rows: 6, index: idBuffer.pointer,
        index_type: WEFT_I32, period: 0)
      args.sources.1 = weft_embedding_source(
        table: positionTable.pointer, type: WEFT_F16, table_rows: 4, index: nil,
        index_type: WEFT_I32, period: 3)
      args.sources.2 = weft_embedding_source(
        table: kindTable.pointer, type: WEFT_BF16, table_rows: 2, index: typeBuffer.pointer,
        index_type: WEFT_I64, period: 0)
      args.source_count = 3
      args.normalize = true
      args.gamma = UnsafePointer(gamma.pointer)
      args.beta = UnsafePointer(beta.pointer)
      args.epsilon = 1e-6
      args.width = width
      args.out = out.pointer
      #expect(kernels.table.pointee.embedding_sum_norm(&args, 0, ids.count) == 6)
      #expect(kernels.table.pointee.embedding_sum_norm(&args, 0, 6) == -1)
      var expected: [Double] = []
      for i in 0..<6 {
        let s = (0..<width).map { j -> Double in
          let word = words[Int(ids[i]) * width + j]
          return Double(word + positions.values[i % 3 * width + j])
            + Double(kinds.values[Int(types[i]) * width + j])
        }
        let mean = s.reduce(0, +) / Double(width)
        let variance = s.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(width)
        expected += (0..<width).map {
          (s[$0] - mean) / (variance + 1e-6).squareRoot() * Double(gamma.pointer[$0])
            + Double(beta.pointer[$0])
        }
      }
      // With one element the variance is the square of a rounding error.
      if width > 1 { #expect(largestError(Array(out.elements.prefix(6 * width)), expected) < 1e-5) }
      #expect(out.elements.suffix(width).allSatisfy { $0 == 0 })
    }
  }
}
