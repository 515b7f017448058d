import Tensors
import Testing

@testable import Executor

@Suite struct `Plans` {
  func plan(
    operands: [BufferReference] = [BufferReference(.input(0), byteCount: 64)],
    results: [BufferReference] = [BufferReference(.output(0), byteCount: 64)],
    kernel: any Kernel = ScaleKernel(count: 16), arena: Int = 256
  ) throws -> Plan {
    try Plan(
      steps: [Step(kernel, operands: operands, results: results, label: 0)],
      arenaByteCount: arena, inputs: [Port("x", .f32, [16])], outputs: [Port("y", .f32, [16])])
  }

  @Test func `a step inside its blocks is accepted`() throws {
    #expect(try plan().largestTileCount == 1)
  }

  @Test(arguments: [
    BufferReference(.input(0), byteOffset: 4, byteCount: 64),
    BufferReference(.input(0), byteOffset: -4, byteCount: 64),
    BufferReference(.input(0), byteCount: -1),
    BufferReference(.input(0), byteOffset: .max, byteCount: 64),
    BufferReference(.arena(192), byteOffset: 1, byteCount: 64),
    BufferReference(.arena(-64), byteCount: 64),
    BufferReference(.arena(64), byteOffset: .max - 63, byteCount: 64),
  ])
  func `a buffer outside its block is refused`(buffer: BufferReference) {
    #expect {
      try plan(operands: [buffer])
    } throws: {
      if case PlanError.outOfBounds(0, buffer, _) = $0 { true } else { false }
    }
  }

  @Test func `a block that isn't there is refused`() {
    for place: BufferReference.Place in [.input(1), .constant(0), .input(-1), .output(7)] {
      let buffer = BufferReference(place, byteCount: 0)
      #expect(throws: PlanError.unknownBlock(step: 0, buffer)) { try plan(operands: [buffer]) }
    }
  }

  @Test func `an arena offset between cache lines is refused`() {
    let buffer = BufferReference(.arena(32), byteCount: 4)
    #expect(throws: PlanError.misaligned(step: 0, buffer)) { try plan(operands: [buffer]) }
  }

  @Test func `writing to an input is refused`() {
    let buffer = BufferReference(.input(0), byteCount: 64)
    #expect(throws: PlanError.readOnly(step: 0, buffer)) { try plan(results: [buffer]) }
  }

  @Test func `an output that nothing writes is refused`() {
    #expect(throws: PlanError.unwrittenOutput(name: "y")) { try plan(results: []) }
  }

  @Test func `a kernel without tiles is refused`() {
    #expect(throws: PlanError.noTiles(step: 0, kernel: "test-hook")) {
      try plan(kernel: HookKernel(tiles: 0) { _ in })
    }
  }

  @Test func `a port whose size overflows is refused`() {
    #expect(throws: PlanError.self) {
      try Plan(
        steps: [], arenaByteCount: 0, inputs: [Port("x", .f32, [1 << 40, 1 << 40])], outputs: [])
    }
  }

  @Test func `steps of one tile share a region`() throws {
    let one = HookKernel { _ in }
    let many = HookKernel(tiles: 3) { _ in }
    let plan = try Plan.hooks([one, one, many, many, one])
    #expect(plan.layout.regions.map(\.steps) == [0..<2, 2..<3, 3..<4, 4..<5])
  }
}
