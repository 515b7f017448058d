import Executor
import IR
import Operators
import Tensors
import Testing

@testable import Compiler

/// Weights of 8-bit integers on their way to kernels.
@Suite struct `Stored weights` {
  /// x · scale of the first row of its weight, which it reads as integers.
  private struct Reading: Op, KernelProviding {
    static let signature = OpSignature(
      "test_reading", "Reads integers.", operands: [.required("x"), .required("w")])
    init() {}
    init(_ attributes: Attributes) throws(OpError) {}
    var attributes: Attributes { [:] }
    func resultTypes(_ operands: [TensorType]) throws(OpError) -> [TensorType] { [operands[0]] }
    func readsInt8(_ operand: Int, _ weight: Int8Matrix) -> Bool {
      operand == 1 && weight.scaled == .rows
    }
    func makeKernel(_ request: KernelRequest) throws(KernelError) -> KernelBinding {
      guard let weight = request.int8(1) else {
        throw .unsupported(op: "test_reading", operands: request.operands)
      }
      let scale = weight.scales.floats[0]
      let count = request.dims(ofResult: 0).reduce(1, *)
      return KernelBinding(TestKernel(count: count) { io, i in scale * io.f(0)[i] }, operands: [0])
    }
  }

  private struct Source: WeightSource {
    let matrix: Int8Matrix
    func weight(for parameter: Parameter, type: TensorType) throws -> StoredWeight {
      .int8(matrix)
    }
  }

  private func matrix(
    _ dims: [Int] = [3, 2], _ scaled: Int8Matrix.Axis = .rows
  ) throws -> Int8Matrix {
    let storage = try Storage(byteCount: dims[0] * dims[1])
    for i in 0..<storage.byteCount {
      storage.base.storeBytes(of: Int8(i + 1), toByteOffset: i, as: Int8.self)
    }
    let channels = scaled == .rows ? dims[0] : dims[1]
    return try Int8Matrix(
      rows: dims[0], columns: dims[1], storage: storage,
      scales: Tensor(dims: [channels], floats: (1...channels).map { Float($0) / 2 }),
      scaled: scaled)
  }

  private func plan(
    _ weight: Int8Matrix, _ body: (inout GraphBuilder, ValueID, ValueID) throws -> ValueID
  ) throws -> PlannedGraph {
    var builder = GraphBuilder(name: "main")
    let x = builder.input("x", TensorType(.f32, [1, 2]))
    let w = builder.parameter(Parameter("w"), TensorType(.f32, [3, 2]))
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

  @Test func `an op that reads integers is given them`() throws {
    let planned = try plan(matrix()) { builder, x, w in try builder.add(Reading(), [x, w])[0] }
    #expect(try run(planned) == [5, 10])
    // x, six integers and three scales.
    #expect(planned.steps[0].cost.bytesRead == 8 + 6 + 12)
    #expect(planned.plan.constants.isEmpty)
  }

  @Test func `an op that refuses these integers gets reals`() throws {
    // The op's kernel needs integers: that it throws says what it was given.
    #expect(throws: PlanningError.self) {
      _ = try plan(matrix([3, 2], .columns)) { builder, x, w in
        try builder.add(Reading(), [x, w])[0]
      }
    }
  }

  @Test func `any other op reads reals`() throws {
    let planned = try plan(matrix()) { builder, x, w in
      try builder.add(Combine(), [x, try builder.add(Rows(1, 1), [w])[0]])[0]
    }
    #expect(try run(planned) == [13, 24])
  }

  @Test func `a slice of rows or columns keeps integers`() throws {
    let rows = try plan(matrix()) { builder, x, w in
      let part = try builder.add(Slice(axis: 0, start: 1, end: 3), [w])[0]
      return try builder.add(Reading(), [x, part])[0]
    }
    #expect(try run(rows) == [10, 20])
    let columns = try plan(matrix()) { builder, x, w in
      let part = try builder.add(Slice(axis: -1, start: 1, end: 2), [w])[0]
      return try builder.add(Reading(), [x, part])[0]
    }
    #expect(try run(columns) == [5, 10])
  }

  @Test func `an output that is such a weight is reals`() throws {
    let planned = try plan(matrix()) { _, _, w in w }
    #expect(try run(planned) == [0.5, 1, 3, 4, 7.5, 9])
  }

  @Test func `integers of another shape are refused`() throws {
    do {
      _ = try plan(matrix([2, 3])) { builder, x, w in try builder.add(Reading(), [x, w])[0] }
      Issue.record("no error")
    } catch let error as PlanningError {
      #expect("\(error)" == "weight 'w' is int8[2, 3], the graph needs f32[3, 2]")
    }
  }
}
