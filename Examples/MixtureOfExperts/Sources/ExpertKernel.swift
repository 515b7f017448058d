import WeftPlugin

/// The answers of one expert after the other, in blocks of rows.
///
/// How many answers an expert gives is known only in the run, and the number of tiles must not hang on
/// it: there are as many tiles as blocks there can be, and those that are left over do nothing. A tile
/// gathers its tokens, and keeps what lies between its three products in its own scratch.
struct ExpertKernel: Kernel {
  /// The weights of one expert.
  struct Expert: Sendable {
    var gate: WeightProduct
    var up: WeightProduct
    var down: WeightProduct
  }

  /// Answers of a block: enough that weights are read seldom, few enough for the second cache.
  private static let blockRows = 56

  let experts: [Expert]
  let tokens: Int
  let answers: Int
  let width: Int
  let inner: Int

  var name: String { "f32-expert_answers-\(Self.blockRows)" }

  var tiles: Int { max(answers / Self.blockRows + min(experts.count, answers), 1) }

  /// The rows of a block, and what its first two products give.
  var scratchByteCount: Int {
    saturatingProduct([Self.blockRows, width.addingSaturating(inner), MemoryLayout<Float>.stride])
  }

  func run(tiles: Range<Int>, io: KernelIO) {
    let starts = io[2].assumingMemoryBound(to: Int32.self)
    var tile = 0
    var from = 0
    for (e, expert) in experts.enumerated() {
      let end = Int(starts[e + 1])
      guard Int(starts[e]) == from, end >= from, end <= answers else {
        return io.report(fault: answers + e)
      }
      var start = from
      while start < end {
        let stop = min(start + Self.blockRows, end)
        if tiles.contains(tile) { answer(expert, start..<stop, io) }
        tile += 1
        start = stop
      }
      from = end
    }
    // Nobody asks for these: their memory is defined all the same.
    if from < answers, tiles.contains(self.tiles - 1) {
      (io[3].assumingMemoryBound(to: Float.self) + from * width)
        .update(repeating: 0, count: (answers - from) * width)
    }
  }

  private func answer(_ expert: Expert, _ rows: Range<Int>, _ io: KernelIO) {
    let x = io[0].assumingMemoryBound(to: Float.self)
    let order = io[1].assumingMemoryBound(to: Int32.self)
    let out = io[3].assumingMemoryBound(to: Float.self)
    let gathered = io.scratch.assumingMemoryBound(to: Float.self)
    let h = gathered + Self.blockRows * width
    for (i, row) in rows.enumerated() {
      var token = Int(order[row])
      if !(0..<tokens).contains(token) {
        io.report(fault: row)
        token = 0
      }
      if tokens == 0 { return }
      (gathered + i * width).update(from: x + token * width, count: width)
    }
    expert.up.run(gathered, rows: rows.count, into: h)
    expert.gate.run(gathered, rows: rows.count, into: h, activation: .silu, multiplier: h)
    expert.down.run(h, rows: rows.count, into: out + rows.lowerBound * width)
  }

  func describe(fault: Int, io: KernelIO) -> String {
    fault < answers
      ? "order[\(fault)] is no token"
      : "starts[\(fault - answers)] begins no expert's answers: starts begin with 0 and never fall"
  }
}

extension Int {
  fileprivate func addingSaturating(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
