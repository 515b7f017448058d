/// What a model is made to fit into a limit of memory by, or what keeps it from fitting; in bytes.
///
/// As JSON it has exactly the properties below.
public struct MemoryFit: Codable, Hashable, Sendable, JSONReport {
  /// Something that saves memory.
  public struct Choice: Codable, Hashable, Sendable {
    /// The option that asks for it: `--low-memory`, `--scheme f16`, `--threads 1`.
    public var option: String
    /// Bytes that it saves after those before it.
    public var saved: Int
    /// What it does.
    public var meaning: String
  }

  /// Something that takes memory while the model runs.
  public struct Part: Codable, Hashable, Sendable {
    /// What it is: a weight, a value of the arena, an output.
    public var kind: String
    /// Its name.
    public var name: String
    /// Bytes that it takes.
    public var byteCount: Int
    /// The layer that it belongs to.
    public var layer: String
    /// The line that it comes from, `file:line:column`; empty where there is none.
    public var line: String
  }

  /// The model and its entry.
  public var model: String
  /// The values of the symbols.
  public var bindings: [String: Int]
  /// Bytes that the process may have resident.
  public var limit: Int
  /// The peak without any choice.
  public var before: Int
  /// The peak with all of ``choices``.
  public var peak: Int
  /// Whether that is within the limit.
  public var fits: Bool
  /// What was chosen, in order; nothing that saves nothing.
  public var choices: [Choice]
  /// Where it doesn't fit, what takes memory at the peak, largest first.
  public var parts: [Part]
  /// Where it doesn't fit, what would help: other precisions, smaller dimensions.
  public var hints: [String]
  /// The scheme that weights are to be quantized with, where one was chosen.
  public var scheme: QuantizationScheme?
}

extension Model {
  /// Looks for what makes a run of `entry` with `bindings` fit into `limit` bytes: the order of the
  /// steps, then the weights' precision, as far as it is allowed, then fewer threads.
  ///
  /// Attention needs no choice: no plan holds its scores, kernels go through them in tiles.
  public func fit(
    _ limit: Int, entry name: String? = nil, bindings: Bindings,
    allowing schemes: [QuantizationScheme] = []
  ) throws -> MemoryFit {
    try fit(limit, entry: name, bindings: bindings, allowing: schemes, process: nil)
  }

  /// - Parameter process: what the process takes by itself; nil: what it takes now.
  func fit(
    _ limit: Int, entry name: String? = nil, bindings: Bindings,
    allowing schemes: [QuantizationScheme] = [], process: Int?
  ) throws -> MemoryFit {
    let entry = try entry(name)
    var search = MemoryFitSearch(self, entry, bindings, limit: limit, process: process)
    let first = try search.start()
    for scheme in [nil] + QuantizationScheme.byLoss.filter(schemes.contains).map(Optional.some) {
      if search.fits { break }
      if let scheme { try search.quantize(scheme) } else { try search.searchOrder() }
    }
    if !search.fits { try search.reduceThreads() }
    return try search.result(before: first, allowed: schemes)
  }
}

extension QuantizationScheme {
  /// The schemes, the one that changes results least first.
  static let byLoss: [QuantizationScheme] = [.f16, .int8Dynamic]

  /// What it is called where it may be allowed.
  public var shortName: String {
    switch self {
    case .f16: "f16"
    case .int8Dynamic: "int8"
    default: rawValue
    }
  }
}
