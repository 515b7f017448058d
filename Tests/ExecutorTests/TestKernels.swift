import Synchronization
import Tensors

@testable import Executor

/// out[i] = x[i] · factor + i, in tiles of `tile` floats.
struct ScaleKernel: Kernel {
  var count: Int
  var factor: Float = 1
  var tile = 16
  var name: String { "test-scale" }
  var tiles: Int { max(1, (count + tile - 1) / tile) }

  func run(tiles: Range<Int>, io: KernelIO) {
    let x = io[0].assumingMemoryBound(to: Float.self)
    let out = io[1].assumingMemoryBound(to: Float.self)
    for i in tiles.lowerBound * tile..<min(tiles.upperBound * tile, count) {
      out[i] = x[i] * factor + Float(i % 7)
    }
  }
}

/// Writes the sum of x to every element of its tile, by way of scratch.
struct SumKernel: Kernel {
  var count: Int
  var tiles: Int
  var name: String { "test-sum" }
  var scratchByteCount: Int { 4 * count }

  func run(tiles: Range<Int>, io: KernelIO) {
    let x = io[0].assumingMemoryBound(to: Float.self)
    let out = io[1].assumingMemoryBound(to: Float.self)
    let scratch = io.scratch.assumingMemoryBound(to: Float.self)
    for tile in tiles {
      var sum: Float = 0
      for i in 0..<count {
        sum += x[i]
        scratch[i] = sum
      }
      out[tile] = scratch[count - 1]
    }
  }
}

/// Reports a fault at each of `positions`, one tile a position.
struct FaultKernel: Kernel {
  var positions: [Int]
  var name: String { "test-fault" }
  var tiles: Int { 64 }

  func run(tiles: Range<Int>, io: KernelIO) {
    for tile in tiles where positions.contains(tile) { io.report(fault: tile) }
  }

  func describe(fault: Int, io: KernelIO) -> String { "index \(fault) is bad" }
}

/// Calls `body` for each tile.
struct HookKernel: Kernel {
  var tiles = 1
  var body: @Sendable (Int) -> Void
  var name: String { "test-hook" }

  func run(tiles: Range<Int>, io: KernelIO) { for tile in tiles { body(tile) } }
}

extension Plan {
  /// `depth` steps that scale `count` floats back and forth between two blocks of the arena.
  static func chain(count: Int, depth: Int, tile: Int = 16) throws -> Plan {
    let bytes = 4 * count
    let stride = bytes.roundedUp(toMultipleOf: Plan.alignment)
    var steps: [Step] = []
    for i in 0..<depth {
      let from: BufferReference.Place = i == 0 ? .input(0) : .arena(stride * ((i - 1) % 2))
      let to: BufferReference.Place = i == depth - 1 ? .output(0) : .arena(stride * (i % 2))
      steps.append(
        Step(
          ScaleKernel(count: count, factor: i % 3 == 0 ? 0.5 : 1.25, tile: tile),
          operands: [BufferReference(from, byteCount: bytes)],
          results: [BufferReference(to, byteCount: bytes)], label: 100 + i))
    }
    return try Plan(
      steps: steps, arenaByteCount: 2 * stride, inputs: [Port("x", .f32, [count])],
      outputs: [Port("y", .f32, [count])])
  }

  /// Steps without buffers.
  static func hooks(_ kernels: [any Kernel]) throws -> Plan {
    try Plan(
      steps: kernels.enumerated().map { Step($1, operands: [], results: [], label: $0) },
      arenaByteCount: 0, inputs: [], outputs: [])
  }
}

func ramp(_ count: Int) throws -> Tensor {
  try Tensor(dims: [count], floats: (0..<count).map { Float($0) / 8 })
}
