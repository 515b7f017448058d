/// Chooses how each weight is stored, so that all of them take at most so many bytes and lose little.
///
/// What a form loses of a weight is Σ (w − ŵ)² / Σ w² over some of its rows: about the squared relative
/// error that its layer makes of it. From the smallest forms on, again and again the weight gets a
/// larger one whose loss falls most for each byte that it takes more.
struct PrecisionChoice {
  /// One form of a weight.
  private struct Option {
    let form: StoredForm
    let bytes: Int
    let loss: Double
  }

  private let options: [(name: String, options: [Option])]
  /// Bytes of the weights that stay as they are.
  private let fixed: Int

  /// From the fewest bits to the most.
  private static let formats: [BlockFormat] = [.q4_k, .q5_k, .q6_k, .q8_0]
  /// Rows that a loss is told from.
  private static let rows = 64

  /// What there is to choose from for the weights of `model`, but those in `kept`.
  init(
    _ model: Model, keeping kept: Set<String>, cancellation: Cancellation?,
    progress: (Int) -> Void
  ) throws {
    let forms = try Self.formats.map { format in
      try QuantizationScheme(rawValue: format.rawValue)?.forms(of: model) ?? [:]
    }
    var options: [(name: String, options: [Option])] = []
    var (fixed, done) = (0, 0)
    for (parameter, type) in Model.parameters(of: model.definition) {
      if cancellation?.isCancelled == true { throw ExecutionError.cancelled }
      let name = parameter.name
      let weight = try model.shared.weights.weight(for: parameter, type: type)
      let possible = forms.compactMap { $0[name] } + [.dense(.f16)]
      if let tensor = weight.tensor, forms[0][name] != nil, !kept.contains(name) {
        let sample = try Self.sample(tensor)
        options.append(
          (
            name,
            try possible.map {
              Option(
                form: $0, bytes: $0.byteCount(tensor.dims), loss: try Self.loss($0, sample, name))
            }
          ))
      } else {
        fixed += weight.byteCount
      }
      done += 1
      progress(done)
    }
    (self.options, self.fixed) = (options, fixed)
  }

  /// The form of each weight.
  ///
  /// - Throws: ``QuantizationError/budget(bytes:least:)`` where the smallest forms take more.
  func forms(within budget: Int) throws -> [String: StoredForm] {
    var chosen = options.map { $0.options.indices.min { a, b in byteOrder($0.options, a, b) } ?? 0 }
    var bytes = fixed
    for (weight, choice) in zip(options, chosen) { bytes += weight.options[choice].bytes }
    guard bytes <= budget else { throw QuantizationError.budget(bytes: budget, least: bytes) }
    while let step = best(chosen, room: budget - bytes) {
      bytes += options[step.weight].options[step.option].bytes
      bytes -= options[step.weight].options[chosen[step.weight]].bytes
      chosen[step.weight] = step.option
    }
    return Dictionary(
      uniqueKeysWithValues: zip(options, chosen).map { ($0.name, $0.options[$1].form) })
  }

  private func byteOrder(_ options: [Option], _ a: Int, _ b: Int) -> Bool {
    (options[a].bytes, options[a].loss) < (options[b].bytes, options[b].loss)
  }

  /// The larger form whose loss falls most for each byte, of those that there is room for; of equal
  /// ones the first.
  private func best(_ chosen: [Int], room: Int) -> (weight: Int, option: Int)? {
    var best: (weight: Int, option: Int, gain: Double)?
    for (i, weight) in options.enumerated() {
      let now = weight.options[chosen[i]]
      for (j, option) in weight.options.enumerated() where option.loss < now.loss {
        let more = option.bytes - now.bytes
        guard more <= room else { continue }
        let gain = (now.loss - option.loss) / Double(max(more, 1))
        if gain > best?.gain ?? 0 { best = (i, j, gain) }
      }
    }
    return best.map { ($0.weight, $0.option) }
  }

  /// Some of a matrix's rows, evenly spread.
  private static func sample(_ tensor: Tensor) throws -> Tensor {
    let (rows, columns) = (tensor.dims[0], tensor.dims[1])
    guard rows > Self.rows else { return tensor }
    let all = tensor.floats
    var some: [Float] = []
    for i in 0..<Self.rows {
      let row = i * rows / Self.rows
      some += all[row * columns..<(row + 1) * columns]
    }
    return try Tensor(dims: [Self.rows, columns], floats: some)
  }

  private static func loss(_ form: StoredForm, _ tensor: Tensor, _ name: String) throws -> Double {
    let stored = try form.stored(tensor, name: name)
    let rounded = try stored.tensor?.floats ?? stored.blocks?.dense().floats ?? []
    var (lost, all) = (0.0, 0.0)
    for (x, y) in zip(tensor.floats, rounded) {
      lost += Double(x - y) * Double(x - y)
      all += Double(x) * Double(x)
    }
    return all > 0 ? lost / all : 0
  }
}
