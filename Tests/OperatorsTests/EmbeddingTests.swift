import IR
import Tensors
import Testing

@testable import Operators

@Suite struct EmbeddingTests {
  @Test(arguments: [DType.f32, .f16, .bf16])
  func `embedding picks rows and widens them`(dtype: DType) throws {
    var samples = Samples(seed: 8)
    for width in [1, 7, 33] {
      let table = try samples.tensor(dtype, [11, width])
      let indices = try Tensor(.i32, dims: [2, 3], integers: [0, 10, 3, 3, 9, 1])
      try KernelHarness.check(Embedding(), [table, indices], tolerance: .exact)
      let wide = try Tensor(.i64, dims: [4], integers: [0, 10, 3, 3])
      try KernelHarness.check(Embedding(), [table, wide], tolerance: .exact)
    }
  }

  @Test(arguments: DType.allCases)
  func `gather picks along each axis of each type`(dtype: DType) throws {
    var samples = Samples(seed: 12)
    let x = try samples.tensor(dtype, [3, 4, 5], scale: 50)
    let indices = try Tensor(.i32, dims: [2, 2], integers: [2, 0, 1, 2])
    for axis in -3..<3 {
      try KernelHarness.check(Gather(axis: axis), [x, indices], tolerance: .exact)
    }
    let whole = try samples.tensor(.i32, [6, 2], scale: 1000)
    try KernelHarness.check(Embedding(), [whole, indices])
  }

  @Test func `embedding_norm adds its sources and normalizes`() throws {
    var samples = Samples(seed: 13)
    for width in [1, 16, 37] {
      let words = try samples.tensor(.f32, [20, width])
      let kinds = try samples.tensor(.f16, [2, width])
      let places = try samples.tensor(.f32, [9, width])
      let ids = try Tensor(.i32, dims: [2, 3], integers: [0, 19, 3, 3, 9, 1])
      let segments = try Tensor(.i64, dims: [2, 3], integers: [0, 1, 0, 1, 1, 1])
      let rows = try samples.tensor(.f32, [1, 3, width])
      let kind = try samples.tensor(.f32, [width])
      let (weight, bias) = (try samples.tensor(.f32, [width]), try samples.tensor(.f32, [width]))
      let tolerance = KernelHarness.Tolerance(relative: 1e-5, absolute: 1e-5)
      try KernelHarness.check(
        try EmbeddingNorm([.indices, .indices, .positions]),
        [words, ids, kinds, segments, places, weight, bias], tolerance: tolerance)
      try KernelHarness.check(
        try EmbeddingNorm([.rows, .indices, .rows], weight: false, bias: false),
        [kind, words, ids, rows], tolerance: tolerance)
      try KernelHarness.check(
        try EmbeddingNorm([.indices], bias: false), [words, ids, weight], tolerance: tolerance)
    }
  }

  @Test func `a bad index is told with its place`() throws {
    let table = try Tensor(zeros: .f32, dims: [30522, 2])
    let ids = try Tensor(.i32, dims: [2, 8], integers: Array(repeating: 5, count: 15) + [40000])
    let text = "index 40000 at [1, 7] is outside a table of 30522 rows"
    for said in try KernelHarness.faults(Embedding(), [table, ids]) { #expect(said == text) }
    for said in try KernelHarness.faults(Gather(), [table, ids]) { #expect(said == text) }
    for said in try KernelHarness.faults(
      EmbeddingNorm([.indices, .rows], weight: false, bias: false),
      [table, ids, try Tensor(zeros: .f32, dims: [2])])
    {
      #expect(said == text)
    }
    let below = try Tensor(.i64, dims: [3], integers: [0, -1, 1])
    for said in try KernelHarness.faults(Embedding(), [table, below]) {
      #expect(said == "index -1 at [1] is outside a table of 30522 rows")
    }
    for said in try KernelHarness.faults(
      Gather(axis: 1), [table, try Tensor(.i32, dims: [1], integers: [2])])
    {
      #expect(said == "index 2 at [0] is outside a table of 2 rows")
    }
    #expect(throws: EvaluationError.indexOutOfRange(index: 40000, count: 30522)) {
      try Embedding().evaluate([table, ids])
    }
  }
}
