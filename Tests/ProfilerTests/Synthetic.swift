import IR
import Tensors

@testable import Compiler
@testable import Executor
@testable import Profiler

/// Plans and runs made up for tests.
enum Synthetic {
  static func origin(_ line: Int, _ path: String, calledAt call: Int? = nil) -> Origin {
    var components: [LayerPath.Component] = []
    for part in path.split(separator: ".") {
      if let index = Int(part), let last = components.last {
        components[components.count - 1] = LayerPath.Component(last.name, index: index)
      } else {
        components.append(LayerPath.Component(String(part)))
      }
    }
    return Origin([
      .init(
        location: SourceLocation(file: "m.weft", line: line, column: 3),
        path: LayerPath(components),
        calls: call.map { [SourceLocation(file: "top.weft", line: $0, column: 1)] } ?? [])
    ])
  }

  static func step(
    op: String, category: OpCategory = .other, kernel: String = "f32-kernel", origin: Origin,
    flops: Int = 0, node: Int? = nil
  ) -> PlannedStep {
    PlannedStep(
      op: op, category: category, kernel: kernel, origin: origin,
      cost: Cost(flops: flops, bytesRead: 1_000_000, bytesWritten: 500_000),
      type: TensorType(.f32, [2]), node: node.map { NodeID($0) })
  }

  /// A run of steps that follow one another, `gap` ns apart, by two workers; the first begins after
  /// `ready` + `wake`, the last ends `finish` before the end.
  static func run(
    _ durations: [Int], ready: Int = 0, wake: Int = 0, gap: Int = 0, finish: Int = 0,
    wait: Int = 20_000
  ) -> Trace.Run {
    var now = ready + wake
    var steps: [StepTiming] = []
    for (i, duration) in durations.enumerated() {
      let share = StepTiming.Share(
        worker: i % 2, start: now, end: now + duration, busy: duration, tiles: 3)
      steps.append(
        StepTiming(
          step: i, label: i, start: now, end: now + duration, shares: [share], wait: wait))
      now += duration + gap
    }
    now += finish - (durations.isEmpty ? 0 : gap)
    return Trace.Run(start: 5, end: 5 + now, workers: 2, ready: ready, steps: steps)
  }

  /// Four steps of a small model.
  static let steps = [
    step(
      op: "embedding", category: .embedding, kernel: "f32-gather", origin: origin(4, "embeddings")),
    step(
      op: "linear", category: .matrixProduct, kernel: "f32-gemm-avx512",
      origin: origin(9, "encoder.layer.0.dense", calledAt: 30)
        .merged(with: origin(10, "encoder.layer.0")),
      flops: 400_000_000, node: 7),
    step(
      op: "linear", category: .matrixProduct, kernel: "f32-gemm-avx512",
      origin: origin(9, "encoder.layer.1.dense", calledAt: 30), flops: 400_000_000, node: 9),
    step(
      op: "add", category: .elementwise, kernel: "f32-add", origin: origin(12, "encoder.layer.1")),
  ]

  /// What they compute: 1 MB of weights for each product, the rest values.
  static let work = steps.map {
    StepWork(
      flops: $0.cost.flops, weightByteCount: $0.cost.flops > 0 ? 1_000_000 : 0,
      valueByteCount: $0.cost.flops > 0 ? 500_000 : 1_500_000)
  }

  /// 200 GFLOP/s, 10 GB/s for weights, 100 GB/s for values.
  static let ceilings = Ceilings(
    processor: "Abacus", instructionSet: "portable", threads: 2, gigaflopsPerSecond: 200,
    gigaoperationsPerSecondInt8: nil, weights: .init(byteCount: 4 << 20, gigabytesPerSecond: 10),
    values: .init(byteCount: 1 << 20, gigabytesPerSecond: 100))

  static func profile(_ runs: [Trace.Run], ceilings: Ceilings? = nil) -> Profile {
    var samples = RunSamples()
    for run in runs { samples.add(run) }
    return Profile(steps, work, samples, ceilings: ceilings) { file, line in "\(file) \(line)" }
  }
}
