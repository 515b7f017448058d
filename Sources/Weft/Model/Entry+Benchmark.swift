extension Entry {
  /// Times `runs` runs on `inputs` without a trace, after some that aren't timed: at least three,
  /// and for a tenth of a second.
  ///
  /// Compiling, planning and packing come before and don't count.
  public func benchmark(
    _ inputs: [String: Tensor], bindings given: Bindings = Bindings(), runs: Int,
    cancellation: Cancellation? = nil,
    progress: (Int) -> Void = { _ in }
  ) throws -> Benchmark {
    let (bindings, ordered) = try InputBinding.bind(inputs, to: graph, given)
    let planned = try plan(for: bindings)
    shared.packed.settle()
    let states = try planned.newStates()
    let start = Clock.nanoseconds()
    var warmUps = 0
    while warmUps < 3 || Clock.nanoseconds() - start < 100_000_000 {
      _ = try run(planned, ordered, states: states, cancellation: cancellation)
      warmUps += 1
    }
    var times: [Int] = []
    times.reserveCapacity(runs)
    for i in 0..<runs {
      let start = Clock.nanoseconds()
      _ = try run(planned, ordered, states: states, cancellation: cancellation)
      times.append(Clock.nanoseconds() - start)
      progress(i + 1)
    }
    return Benchmark(
      of: planned, nanoseconds: times, threads: shared.executor.threads, table: shared.table)
  }
}
