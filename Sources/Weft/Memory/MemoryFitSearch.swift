/// The search for what makes a model fit.
struct MemoryFitSearch {
  private let model: Model
  private let entry: Entry
  private let bindings: Bindings
  private let limit: Int
  private var setting: MemorySetting
  private var best: MemoryForesight?
  private var process: Int?
  private var choices: [MemoryFit.Choice] = []

  init(_ model: Model, _ entry: Entry, _ bindings: Bindings, limit: Int, process: Int?) {
    self.model = model
    self.entry = entry
    self.bindings = bindings
    self.limit = limit
    self.process = process
    setting = MemorySetting(entry)
  }

  private var peak: Int { best?.peak ?? .max }

  var fits: Bool { peak <= limit }

  /// The peak without any choice.
  mutating func start() throws -> Int {
    let first = try entry.foresight(bindings, setting, process: process)
    process = first.report.resident?.process
    best = first
    return first.peak
  }

  mutating func searchOrder() throws {
    var other = setting
    other.lowMemory = true
    try choose(other, "--low-memory", "another order of the steps")
  }

  /// Takes the place of what another scheme did: a model is quantized once.
  mutating func quantize(_ scheme: QuantizationScheme) throws {
    var other = setting
    other.scheme = scheme
    other.forms = try scheme.forms(of: model)
    let before = choices
    choices.removeAll { $0.option.hasPrefix("--scheme") }
    let others = before.filter { $0.option.hasPrefix("--scheme") }.reduce(0) { $0 + $1.saved }
    let isChosen = try choose(
      other, "--scheme \(scheme.rawValue)", "\(other.forms.count) weights in \(scheme.storage)",
      after: others)
    if !isChosen { choices = before }
  }

  mutating func reduceThreads() throws {
    var other = setting
    other.threads = 1
    try choose(other, "--threads 1", "scratch memory for one worker")
  }

  /// Keeps what saves something; whether it does.
  @discardableResult private mutating func choose(
    _ other: MemorySetting, _ option: String, _ meaning: String, after others: Int = 0
  ) throws -> Bool {
    let found = try entry.foresight(bindings, other, process: process)
    guard found.peak < peak else { return false }
    choices.append(.init(option: option, saved: peak + others - found.peak, meaning: meaning))
    (setting, best) = (other, found)
    return true
  }

  func result(before: Int, allowed: [QuantizationScheme]) throws -> MemoryFit {
    MemoryFit(
      model: best?.report.model ?? "", bindings: best?.report.bindings ?? [:], limit: limit,
      before: before, peak: peak, fits: fits, choices: choices,
      parts: fits ? [] : try parts(), hints: fits ? [] : try hints(allowed),
      scheme: setting.scheme)
  }

  /// What takes memory at the peak, largest first.
  private func parts() throws -> [MemoryFit.Part] {
    guard let best, let resident = best.report.resident else { return [] }
    var parts = [
      MemoryFit.Part(
        kind: "process", name: "program, graph and plan", byteCount: resident.process ?? 0,
        layer: "", line: "")
    ]
    parts.append(
      .init(
        kind: "weight", name: "parts of the checkpoint that are read where they are",
        byteCount: resident.mappedWeights, layer: "", line: ""))
    parts += weights(best)
    parts += best.report.aliveAtPeak.map {
      .init(
        kind: "value", name: $0.name, byteCount: $0.byteCount, layer: $0.layer, line: $0.line)
    }
    let graph = best.planned.graph
    parts += graph.outputs.map { output in
      let value = graph[output.value]
      return .init(
        kind: "output", name: output.name, byteCount: Cost.byteCount([value.type]),
        layer: value.origin.path.description, line: value.origin.location?.description ?? "")
    }
    return parts.filter { $0.byteCount > 0 }
      .sorted { ($1.byteCount, $0.name) < ($0.byteCount, $1.name) }
  }

  /// Each weight with what its packed forms take.
  private func weights(_ foresight: MemoryForesight) -> [MemoryFit.Part] {
    var bytes: [String: Int] = [:]
    for promise in foresight.packed.promises {
      guard let source = promise.sources.first else { continue }
      bytes[foresight.weights.name(of: source) ?? "parts of weights", default: 0] +=
        promise.byteCount
    }
    let isMade = (foresight.report.resident?.storedWeights ?? 0) > 0
    var parts: [MemoryFit.Part] = []
    for (value, parameter) in entry.graph.parameters {
      let packed = bytes.removeValue(forKey: parameter.name) ?? 0
      let made = isMade ? Cost.byteCount([value.type]) : 0
      parts.append(
        .init(
          kind: "weight", name: parameter.name, byteCount: packed + made,
          layer: value.origin.path.description,
          line: value.origin.location?.description ?? ""))
    }
    parts += bytes.map { name, bytes in
      .init(kind: "weight", name: name, byteCount: bytes, layer: "", line: "")
    }
    return parts
  }

  /// What would help.
  private func hints(_ allowed: [QuantizationScheme]) throws -> [String] {
    var hints: [String] = []
    for scheme in QuantizationScheme.byLoss where !allowed.contains(scheme) {
      var other = setting
      other.scheme = scheme
      other.forms = try scheme.forms(of: model)
      let found = try entry.foresight(bindings, other, process: process)
      if found.peak < peak {
        hints.append(
          "--allow \(scheme.shortName) would take \(Figures.bytes(found.peak))"
            + (found.peak <= limit ? ", which fits" : ""))
      }
    }
    if let smaller = try smallerBinding() { hints.append("it fits with --bind \(smaller)") }
    return hints
  }

  /// The largest of the bindings with one dimension halved again and again that fits.
  private func smallerBinding() throws -> Bindings? {
    for symbol in entry.graph.symbols {
      var other = bindings
      while let value = other[symbol], value > 1 {
        other[symbol] = value / 2
        let found = try? entry.foresight(other, setting, process: process)
        if let found, found.peak <= limit { return other }
      }
    }
    return nil
  }
}
