import IR

/// A column of figures in a profile's table.
public enum ProfileColumn: String, CaseIterable, Sendable {
  /// ``Profile/Row/time``.
  case time
  /// Its share of the sum.
  case percent
  /// The share as a bar.
  case bar
  /// How many steps there are.
  case calls
  /// Operations, in 10⁶.
  case mflop
  /// Bytes, in 10⁶.
  case mb
  /// Operations a second, in 10⁹.
  case gflops
  /// Bytes a second, in 10⁹.
  case gbs
  /// The share of what this machine reaches at most.
  case ceiling
  /// What it is bound by.
  case bound
  /// What could be got back.
  case back
  /// What workers waited.
  case wait
  /// The time until something went on again.
  case barrier
  /// The median.
  case p50
  /// Nine in ten were as fast.
  case p90
  /// 99 in 100 were as fast.
  case p99

  /// All but the first two, the most telling first: what a terminal has no room for is left out from
  /// the end.
  static let byImportance: [ProfileColumn] = [
    .ceiling, .back, .gflops, .bound, .calls, .gbs, .wait, .bar, .mflop, .mb, .p90,
  ]

  func column(in unit: TimeUnit) -> TextTable.Column {
    let time = unit.rawValue
    return switch self {
    case .time: .init(time, .right)
    case .percent: .init("%", .right)
    case .bar: .init("")
    case .calls: .init("calls", .right)
    case .mflop: .init("MFLOP", .right)
    case .mb: .init("MB", .right)
    case .gflops: .init("GFLOP/s", .right)
    case .gbs: .init("GB/s", .right)
    case .ceiling: .init("ceiling %", .right)
    case .bound: .init("bound by")
    case .back, .wait, .barrier, .p50, .p90, .p99: .init("\(rawValue) \(time)", .right)
    }
  }

  func cell(_ group: Profile.Group, in unit: TimeUnit) -> String {
    switch self {
    case .time: unit.text(group.time)
    case .percent: Figures.fixed(group.percent, 1)
    case .bar: ProfileColumn.bar(group.percent)
    case .calls: "\(group.rows.count)"
    case .mflop: group.flops > 0 ? Figures.short(group.flops / 1e6) : ""
    case .mb: Figures.short(group.bytes / 1e6)
    case .gflops: group.speed.map(Figures.short) ?? ""
    case .gbs: group.bandwidth.map(Figures.short) ?? ""
    case .ceiling: group.ceilingPercent.map { Figures.fixed($0, 0) } ?? ""
    case .bound: group.bound?.rawValue ?? ""
    case .back: group.recoverable.map(unit.text) ?? ""
    case .wait: unit.text(group.wait)
    case .barrier: unit.text(group.barrier)
    case .p50: unit.text(group.sum(\.median))
    case .p90: unit.text(group.sum(\.p90))
    case .p99: unit.text(group.sum(\.p99))
    }
  }

  /// Ten characters for all, in steps of an eighth.
  private static func bar(_ percent: Double) -> String {
    let eighths = Int((min(max(percent, 0), 100) * 0.8).rounded())
    let last = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    return String(repeating: "█", count: eighths / 8) + last
  }
}

/// The unit in which a table shows times: one in which its rows have digits to tell.
enum TimeUnit: String {
  case milliseconds = "ms"
  case microseconds = "µs"

  /// The unit for the rows of a run of `wall` milliseconds.
  init(forRun wall: Double) { self = wall < 10 ? .microseconds : .milliseconds }

  /// `milliseconds` in this unit.
  func text(_ milliseconds: Double) -> String {
    self == .milliseconds
      ? Figures.milliseconds(milliseconds) : Figures.fixed(milliseconds * 1e3, 1)
  }
}

extension OpCategory {
  /// For people.
  var title: String {
    switch self {
    case .matrixProduct: "matrix products"
    case .attention: "attention"
    case .normalization: "normalization"
    case .activation: "activation"
    case .elementwise: "elementwise"
    case .reduction: "reduction"
    case .movement: "movement"
    case .embedding: "embedding"
    case .position: "positions"
    case .state: "state"
    case .other: "other"
    }
  }
}
