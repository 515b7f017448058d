import Foundation
import Tensors

/// What a GGUF file has of a model, as llama.cpp's converter would write it.
///
/// The tables are those that reading uses, the other way round; what they haven't got is refused, so that
/// the file is read back as the same model.
public struct GGUFExport: Sendable {
  /// Architecture and configuration; the tokenizer isn't among it.
  public private(set) var metadata = GGUFMetadata()
  /// The tensors in the order of the model's.
  public private(set) var weights: [(name: String, weight: StoredWeight)] = []

  private let family: GGUFFamily
  private let config: ModelConfig
  private let path: String

  /// The form of `model`, whose file is to be at `path`.
  public init(_ model: ExportedModel, path: String) throws(FormatError) {
    guard let config = model.config else {
      throw .unwritable(path: path, format: "gguf", reason: "the model has no config.json")
    }
    let type = try config.string(at: "model_type") ?? ""
    guard let family = GGUFFamily.of(modelType: type) else {
      let known = GGUFFamily.all.dropLast().map(\.modelType).joined(separator: ", ")
      throw .unwritable(
        path: path, format: "gguf",
        reason: "there is no table for the model_type \(type.quotedForMessage); there is one for "
          + "\(known), mistral")
    }
    (self.family, self.config, self.path) = (family, config, path)
    try addConfiguration()
    for (name, weight) in model.weights { try add(name, weight) }
    try addScaling()
  }

  func refused(_ reason: String) -> FormatError {
    .unwritable(path: path, format: "gguf", reason: reason)
  }

  private func key(_ name: String) -> String { "\(family.architecture).\(name)" }

  private mutating func set(_ name: String, _ value: Int?) throws(FormatError) {
    guard let value else { return }
    guard let small = UInt32(exactly: value) else { throw refused("\(name) is \(value)") }
    metadata[key(name)] = .uint32(small)
  }

  private mutating func set(_ name: String, _ value: Double?) {
    if let value { metadata[key(name)] = .float32(Float(value)) }
  }

  // MARK: Configuration

  private mutating func addConfiguration() throws(FormatError) {
    metadata["general.architecture"] = .string(family.architecture)
    for (name, value) in family.constants where name != "transposed_weights" {
      guard let found = config.value(at: name), found != value else { continue }
      throw refused("config.json's '\(name)' is \(found); such a file means \(value)")
    }
    for key in family.keys {
      // A window that Qwen says and doesn't use.
      if key.name == "sliding_window", try config.bool(at: "use_sliding_window") == false {
        continue
      }
      switch key.kind {
      case .integer:
        let value = try config.integer(at: key.name)
        if value == nil, key.isRequired { throw refused("config.json has no '\(key.name)'") }
        try set(key.gguf, value)
      case .double:
        var value = try config.double(at: key.name)
        if value == nil { value = try config.double(at: "rope_parameters.\(key.name)") }
        set(key.gguf, value)
      }
    }
    try set("vocab_size", config.integer(at: "vocab_size"))
    if family.architecture == "gpt2" {
      if try config.integer(at: "n_inner") == nil {
        try set("feed_forward_length", config.integer(at: "n_embd").map { $0 &* 4 })
      }
    } else {
      try addHeads()
    }
  }

  /// The size of heads, and how much of each turns.
  private mutating func addHeads() throws(FormatError) {
    let size = try headSize()
    if try config.integer(at: "head_dim") != nil {
      try set("attention.key_length", size)
      try set("attention.value_length", size)
    }
    var share = try config.double(at: "partial_rotary_factor")
    if share == nil { share = try config.double(at: "rope_parameters.partial_rotary_factor") }
    let turned = Double(size) * (share ?? (family.architecture == "phi2" ? 0.5 : 1))
    guard turned >= 0, turned <= Double(size) else { throw refused("\(turned) of a head turn") }
    try set("rope.dimension_count", Int(turned))
    guard let scalar = try config.double(at: "query_pre_attn_scalar") else { return }
    let blocks = try config.integer(at: "num_hidden_layers")
    let isLargest =
      (family.architecture == "gemma2" && blocks == 46)
      || (family.architecture == "gemma3" && blocks == 62)
    guard try scalar == Double(isLargest ? headShare() : size) else {
      throw refused("config.json's 'query_pre_attn_scalar' is \(scalar), which no key says")
    }
  }

  private func headShare() throws(FormatError) -> Int {
    guard let width = try config.integer(at: "hidden_size"),
      let heads = try config.integer(at: "num_attention_heads"), heads > 0, width > 0
    else { throw refused("config.json says no number of heads") }
    return width / heads
  }

  private func headSize() throws(FormatError) -> Int {
    let size = try config.integer(at: "head_dim")
    let share = try headShare()
    guard (1...(1 << 20)).contains(size ?? share) else {
      throw refused("heads of size \(size ?? share)")
    }
    return size ?? share
  }

  // MARK: Positions

  /// How positions beyond those trained on are turned.
  private mutating func addScaling() throws(FormatError) {
    let place = config.value(at: "rope_scaling") != nil ? "rope_scaling" : "rope_parameters"
    var type = try config.string(at: "\(place).rope_type")
    if type == nil { type = try config.string(at: "\(place).type") }
    switch type {
    case nil, "default"?: return
    case "linear"?, "yarn"?:
      metadata[key("rope.scaling.type")] = .string(type ?? "")
      for (name, value) in [
        ("factor", "factor"), ("yarn_beta_fast", "beta_fast"), ("yarn_beta_slow", "beta_slow"),
      ] { set("rope.scaling.\(name)", try config.double(at: "\(place).\(value)")) }
      if let strength = try config.double(at: "\(place).attention_factor") {
        // llama.cpp multiplies YaRN's own strength by what the key says.
        let factor = type == "yarn" ? try config.double(at: "\(place).factor") ?? 1 : 1
        set("rope.scaling.attn_factor", strength / (factor > 1 ? 1 + 0.1 * log(factor) : 1))
      }
      try set(
        "rope.scaling.original_context_length",
        config.integer(at: "\(place).original_max_position_embeddings"))
    case "llama3"?:
      try addFactors("rope_freqs.weight", llama3Factors(place))
    case "longrope"?, "su"?:
      let short = try factors("\(place).short_factor")
      let long = try factors("\(place).long_factor")
      if family.architecture == "phi3" {
        metadata[key("rope.scaling.type")] = .string("longrope")
        try addFactors("rope_factors_short.weight", short)
        try addFactors("rope_factors_long.weight", long)
        try addLongContext(place)
      } else {
        guard short == long else { throw refused("longrope has two sets of factors") }
        try addFactors("rope_freqs.weight", short)
      }
    case let other?: throw refused("no key says the rope_type \(other.quotedForMessage)")
    }
  }

  private mutating func addLongContext(_ place: String) throws(FormatError) {
    var original = try config.integer(at: "original_max_position_embeddings")
    if original == nil {
      original = try config.integer(at: "\(place).original_max_position_embeddings")
    }
    try set("rope.scaling.original_context_length", original)
    var strength = try config.double(at: "\(place).attention_factor")
    if strength == nil, let original, original > 1,
      let longest = try config.integer(at: "max_position_embeddings"), longest > original
    {
      let ratio = Double(longest) / Double(original)
      strength = (1 + log(ratio) / log(Double(original))).squareRoot()
    }
    set("rope.scaling.attn_factor", strength)
  }

  private func factors(_ place: String) throws(FormatError) -> [Float] {
    guard case .array(let values)? = config.value(at: place) else {
      throw refused("config.json has no '\(place)'")
    }
    return values.map { value in
      switch value {
      case .integer(let number): Float(number)
      case .number(let number): Float(number)
      default: .nan
      }
    }
  }

  /// How much slower each pair turns: Llama 3's scaling.
  private func llama3Factors(_ place: String) throws(FormatError) -> [Float] {
    var base = try config.double(at: "rope_theta")
    if base == nil { base = try config.double(at: "rope_parameters.rope_theta") }
    guard let factor = try config.double(at: "\(place).factor"),
      let low = try config.double(at: "\(place).low_freq_factor"),
      let high = try config.double(at: "\(place).high_freq_factor"), low != high,
      let original = try config.integer(at: "\(place).original_max_position_embeddings")
    else { throw refused("config.json's scaling of positions isn't whole") }
    let pairs = try headSize() / 2
    return (0..<pairs).map { i -> Float in
      let length = 2 * Double.pi * pow(base ?? 10000, Double(i) / Double(pairs))
      let share = (Double(original) / length - low) / (high - low)
      let kept = min(max(share, 0), 1)
      return Float(1 / (kept + (1 - kept) / factor))
    }
  }

  private mutating func addFactors(_ name: String, _ factors: [Float]) throws(FormatError) {
    guard factors.allSatisfy(\.isFinite), !factors.isEmpty else {
      throw refused("the factors of positions aren't numbers")
    }
    do {
      weights.append((name, .dense(try Tensor(dims: [factors.count], floats: factors))))
    } catch {
      throw .tensor(path: path, name: name, error)
    }
  }

  // MARK: Tensors

  private mutating func add(_ name: String, _ weight: StoredWeight) throws(FormatError) {
    guard let (inFile, change) = family.gguf(name) else {
      throw refused("the table of \(family.architecture) has no tensor \(name.quotedForMessage)")
    }
    if weight.int8 != nil {
      throw refused(
        "tensor \(name.quotedForMessage) is \(weight.typeDescription), which ggml hasn't")
    }
    do {
      var weight = weight
      switch change {
      case .none: break
      case .shifted: weight = try weight.shifted(by: 1)
      case .pairedRows(let heads):
        let rows = weight.dims.first ?? 0
        weight = try weight.withRows(StoredWeight.pairs(rows, heads: try self.heads(heads, rows)))
      }
      if try isTurned(name) { weight = try weight.transposed() }
      // llama.cpp takes vectors in f32 alone.
      if let tensor = weight.tensor, tensor.dims.count == 1, tensor.dtype.isFloatingPoint {
        weight = .dense(try tensor.converted(to: .f32))
      }
      weights.append((inFile, weight))
    } catch let error as TensorError {
      throw .tensor(path: path, name: name, error)
    } catch let error as FormatError {
      throw error
    } catch {
      throw refused("\(error)")
    }
  }

  /// Whether rows are inputs, as in GPT-2's folders.
  private func isTurned(_ name: String) throws(FormatError) -> Bool {
    guard family.architecture == "gpt2", name.hasSuffix(".weight"),
      try config.bool(at: "transposed_weights") != true
    else { return false }
    return [".c_attn.", ".c_proj.", ".c_fc."].contains { name.contains($0) }
  }

  private func heads(_ name: String, _ rows: Int) throws(FormatError) -> Int {
    let all = metadata[key("attention.head_count")]?.integer
    guard let heads = metadata[key(name)]?.integer ?? all, heads > 0, rows.isMultiple(of: heads),
      (rows / heads).isMultiple(of: 2)
    else { throw refused("\(rows) rows aren't heads of an even size") }
    return heads
  }
}

extension GGUFFamily {
  /// The family of a `model_type`; llama.cpp takes Mistral for Llama.
  static func of(modelType: String) -> GGUFFamily? {
    let type = modelType == "mistral" ? "llama" : modelType
    return all.first { $0.modelType == type && $0.architecture != own.architecture }
  }
}

extension StoredWeight {
  /// A matrix whose rows are the columns of this one.
  fileprivate func transposed() throws(TensorError) -> StoredWeight {
    guard let tensor, tensor.dims.count == 2 else { return self }
    let (rows, columns, size) = (tensor.dims[0], tensor.dims[1], tensor.dtype.byteCount)
    let turned = try Tensor(uninitialized: tensor.dtype, dims: [columns, rows])
    let (source, target) = (UnsafeRawPointer(tensor.pointer), turned.pointer)
    for i in 0..<rows {
      for j in 0..<columns {
        (target + (j * rows + i) * size).copyMemory(
          from: source + (i * columns + j) * size, byteCount: size)
      }
    }
    withExtendedLifetime(tensor) {}
    return .dense(turned)
  }
}
