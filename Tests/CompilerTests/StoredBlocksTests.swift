import Executor
import IR
import Operators
import Tensors
import Testing

@testable import Compiler

/// Weights in blocks on their way to kernels.
@Suite struct `Stored blocks` {
  /// x · the first scale of its weight, which it reads in blocks.
  private struct Reading: Op, KernelProviding {
    static let signature = OpSignature(
      "test_blocks", "Reads blocks.", operands: [.required("x"), .required("w")])
    init() {}
    init(_ attributes: Attributes) throws(OpError) {}
    var attributes: Attributes { [:] }
    func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] { [operands[0]] }
    func readsBlocks(_ operand: Int, _ weight: BlockMatrix) -> Bool {
      operand == 1 && weight.format == .q8_0
    }
    func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
      guard let weight = request.blocks(1) else {
        throw .unsupported(op: "test_blocks", operands: request.operands)
      }
      let scale = HalfPrecision.float(fromBinary16: weight.pointer.loadUnaligned(as: UInt16.self))
      let count = request.dims(ofResult: 0).reduce(1, *)
      return KernelBinding(TestKernel(count: count) { io, i in scale * io.f(0)[i] }, operands: [0])
    }
  }

  private struct Source: WeightSource {
    let matrix: BlockMatrix
    func weight(for parameter: Parameter, type: TensorType) throws -> StoredWeight {
      .blocks(matrix)
    }
  }

  /// Rows of one block each: 2ʳ · (1, 2, 3, …).
  private func matrix(_ format: BlockFormat = .q8_0, rows: Int = 3) throws -> BlockMatrix {
    let size = format.bytesPerBlock
    let storage = try Storage(byteCount: rows * size)
    for row in 0..<rows {
      let scale = HalfPrecision.binary16(Double(1 << row))
      storage.base.storeBytes(of: scale, toByteOffset: row * size, as: UInt16.self)
      for i in 2..<size {
        storage.base.storeBytes(of: Int8(i - 1), toByteOffset: row * size + i, as: Int8.self)
      }
    }
    return try BlockMatrix(format: format, rows: rows, columns: 32, storage: storage)
  }

  private func plan(
    _ weight: BlockMatrix, _ body: (inout GraphBuilder, ValueID, ValueID) throws -> ValueID
  ) throws -> PlannedGraph {
    var builder = GraphBuilder(name: "main")
    let x = builder.input("x", TensorType(.f32, [1, 2]))
    let w = builder.parameter(Parameter("w"), TensorType(.f32, [3, 32]))
    builder.output("y", try body(&builder, x, w))
    let planner = GraphPlanner(
      try PassManager([]).compile(builder.graph()), weights: Source(matrix: weight),
      table: try InstructionSet.table())
    return try planner.plan(for: [:])
  }

  private func run(_ planned: PlannedGraph) throws -> [Float] {
    let x = try Tensor(dims: [1, 2], floats: [10, 20])
    return try PlanExecutor(threads: 1).run(planned.plan, inputs: [x])[0].floats
  }

  @Test func `an op that reads blocks is given them`() throws {
    let planned = try plan(matrix()) { builder, x, w in try builder.add(Reading(), [x, w])[0] }
    #expect(try run(planned) == [10, 20])
    // x, and three blocks.
    #expect(planned.steps[0].cost.bytesRead == 8 + 3 * 34)
    #expect(planned.plan.constants.isEmpty)
  }

  @Test func `an op that refuses this format gets reals`() throws {
    // The op's kernel needs blocks: that it throws says what it was given.
    #expect(throws: PlanningError.self) {
      _ = try plan(matrix(.q4_0)) { builder, x, w in try builder.add(Reading(), [x, w])[0] }
    }
  }

  @Test func `a slice of rows keeps blocks, one of columns is reals`() throws {
    let rows = try plan(matrix()) { builder, x, w in
      let part = try builder.add(Slice(axis: 0, start: 1, end: 3), [w])[0]
      return try builder.add(Reading(), [x, part])[0]
    }
    #expect(try run(rows) == [20, 40])
    let columns = try plan(matrix()) { builder, _, w in
      try builder.add(Slice(axis: 1, start: 1, end: 3), [w])[0]
    }
    #expect(try run(columns) == [2, 3, 4, 6, 8, 12])
  }

  @Test func `a transpose keeps blocks, and columns of what is turned are rows`() throws {
    let planned = try plan(matrix()) { builder, x, w in
      let turned = try builder.add(Transpose(), [w])[0]
      let part = try builder.add(Slice(axis: -1, start: 2, end: 3), [turned])[0]
      return try builder.add(Reading(), [x, part])[0]
    }
    #expect(try run(planned) == [40, 80])
    #expect(planned.plan.constants.isEmpty)
  }

  @Test func `an output that is such a weight is reals`() throws {
    let planned = try plan(matrix()) { _, _, w in w }
    #expect(try run(planned) == (0..<96).map { Float(1 << ($0 / 32) * ($0 % 32 + 1)) })
  }

  @Test func `blocks of another shape are refused`() throws {
    do {
      _ = try plan(matrix(rows: 2)) { builder, x, w in try builder.add(Reading(), [x, w])[0] }
      Issue.record("no error")
    } catch let error as PlanningError {
      #expect("\(error)" == "weight 'w' is q8_0[2, 32], the graph needs f32[3, 32]")
    }
  }
}
