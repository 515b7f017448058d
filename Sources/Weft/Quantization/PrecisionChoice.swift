/// Chooses how each weight is stored, so that all of them take at most so many bytes and lose little.
///
/// What a form loses of a weight is what the model's outputs lose, Σ (y − ŷ)² / Σ y², where that weight
/// alone is in the smallest form, times the share of that form's own error, Σ (w − ŵ)², that it makes:
/// errors of single weights are small, and what they do to the outputs is about linear. From the smallest
/// forms on, again and again the weight gets a larger one whose loss falls most for each byte more.
struct PrecisionChoice {
  /// One form of a weight.
  private struct Option {
    let form: StoredForm
    let bytes: Int
    let loss: Double
  }

  private var options: [(name: String, options: [Option])] = []
  /// The weights that could be quantized and are kept as they are.
  private(set) var kept: [String] = []
  /// Bytes of the weights that stay as they are.
  private var fixed = 0

  private static let formats: [BlockFormat] = [.q4_k, .q5_k, .q6_k, .q8_0]
  /// Rows that a form's own error is told from.
  private static let rows = 64
  /// Runs that a weight's effect on the outputs is told from.
  private static let runs = 4

  /// What there is to choose from for the weights of `model`, but those in `wanted`.
  init(
    _ model: Model, on samples: QuantizationSamples, entry: String?, keeping wanted: Set<String>,
    cancellation: Cancellation?, progress: (Int) -> Void
  ) throws {
    let forms = try Self.formats.map { format in
      try QuantizationScheme(rawValue: format.rawValue)?.forms(of: model) ?? [:]
    }
    let sensitivity = try WeightSensitivity(
      model, runs: samples.runs.prefix(Self.runs), entry: entry, cancellation: cancellation)
    for (i, name) in sensitivity.names.enumerated() {
      if cancellation?.isCancelled == true { throw ExecutionError.cancelled }
      let weight = try sensitivity.original(name)
      let possible = forms.compactMap { $0[name] }
      if let tensor = weight.tensor, let first = possible.first, !wanted.contains(name) {
        let effect = try sensitivity.effect(of: name, as: first.stored(tensor, name: name))
        options.append(
          (name, try Self.options(possible + [.dense(.f16)], of: tensor, name, effect)))
      } else {
        if weight.tensor != nil, !possible.isEmpty { kept.append(name) }
        let (sum, overflow) = fixed.addingReportingOverflow(weight.byteCount)
        fixed = overflow ? .max : sum
      }
      progress(i + 1)
    }
  }

  private static func options(
    _ forms: [StoredForm], of tensor: Tensor, _ name: String, _ effect: Double
  ) throws -> [Option] {
    let sample = try sample(of: tensor)
    let errors = try forms.map { try error($0, sample, name) }
    let most = errors.first ?? 0
    return zip(forms, errors).map { form, error in
      Option(
        form: form, bytes: form.byteCount(tensor.dims),
        loss: most > 0 ? effect * error / most : 0)
    }
  }

  /// The form of each weight.
  ///
  /// - Throws: ``QuantizationError/budget(bytes:least:)`` where the smallest forms take more.
  func forms(within budget: Int) throws -> [String: StoredForm] {
    var chosen = options.map { Self.smallest($0.options) }
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

  /// The form of the fewest bytes, of equal ones that which loses least.
  private static func smallest(_ options: [Option]) -> Int {
    options.indices.min { a, b in
      (options[a].bytes, options[a].loss) < (options[b].bytes, options[b].loss)
    } ?? 0
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
  private static func sample(of tensor: Tensor) throws -> Tensor {
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

  /// Σ (w − ŵ)² over the rows of `tensor`.
  private static func error(_ form: StoredForm, _ tensor: Tensor, _ name: String) throws -> Double {
    let stored = try form.stored(tensor, name: name)
    let rounded = try stored.tensor?.floats ?? stored.blocks?.dense().floats ?? []
    return zip(tensor.floats, rounded).reduce(0) { sum, pair in
      let difference = Double(pair.0 - pair.1)
      return sum + difference * difference
    }
  }
}
