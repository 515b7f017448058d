/// How an embedding model is run on sequences laid end to end.
///
/// The entry takes `input_ids` and where it has them `token_type_ids` [tokens], and `offsets`
/// [sequences + 1], and gives `embedding` [sequences, width].
struct PackedEmbedding: Sendable {
  let entry: Entry
  private let takesTypes: Bool
  private let padding: Int32

  /// Nil where the entry doesn't have these inputs and this output.
  init?(_ entry: Entry, padding: Int32) {
    let ranks = Dictionary(
      entry.graph.inputs.map { ($0.name ?? "", $0.type.rank) },
      uniquingKeysWith: { first, _ in first })
    var known = ["input_ids": 1, "offsets": 1]
    takesTypes = ranks["token_type_ids"] != nil
    if takesTypes { known["token_type_ids"] = 1 }
    guard ranks == known, entry.graph.outputs.contains(where: { $0.name == "embedding" }) else {
      return nil
    }
    self.entry = entry
    self.padding = padding
  }

  /// A vector for each of `texts`, in any number and length.
  func run(
    _ texts: [TokenizedText], _ cancellation: Cancellation?, progress: (Int, Int) -> Void
  ) throws -> [[Float]] {
    var vectors = [[Float]](repeating: [], count: texts.count)
    for pack in SequencePacks(lengths: texts.map(\.ids.count)).packs {
      let results = try run(pack, of: texts, cancellation)
      for (member, vector) in zip(pack.members, results) { vectors[member] = vector }
      progress(pack.members.count, pack.tokens)
    }
    return vectors
  }

  private func run(
    _ pack: SequencePacks.Pack, of texts: [TokenizedText], _ cancellation: Cancellation?
  ) throws -> [[Float]] {
    let tokens = SequencePacks.plannedTokens(pack.tokens)
    let sequences = SequencePacks.plannedSequences(pack.members.count)
    var offsets: [Int32] = [0]
    for member in pack.members {
      offsets.append((offsets.last ?? 0) + Int32(texts[member].ids.count))
    }
    offsets += Array(repeating: offsets.last ?? 0, count: sequences - pack.members.count)
    func joined(_ filling: Int32, _ row: (TokenizedText) -> [Int32]) throws -> Tensor {
      let numbers = pack.members.flatMap { row(texts[$0]) }
      return try Tensor(
        i32: numbers + Array(repeating: filling, count: tokens - numbers.count), dims: [tokens])
    }
    var inputs = [
      "input_ids": try joined(padding, \.ids),
      "offsets": try Tensor(i32: offsets, dims: [sequences + 1]),
    ]
    if takesTypes { inputs["token_type_ids"] = try joined(0, \.typeIDs) }
    let outputs = try entry.run(inputs, cancellation: cancellation)
    guard let embedding = outputs["embedding"], embedding.dtype == .f32,
      embedding.dims.count == 2, embedding.dims[0] == sequences
    else { throw EmbeddingError.shape(outputs["embedding"]?.type) }
    return embedding.rows(pack.members.count)
  }
}

/// A text as an embedding model takes it.
struct TokenizedText: Sendable {
  /// The tokens' ids.
  var ids: [Int32] = []
  /// Which text of a pair each belongs to; empty where nobody asks.
  var typeIDs: [Int32] = []
}

extension Tensor {
  /// An i32 tensor from its elements.
  init(i32 elements: [Int32], dims: [Int]) throws(TensorError) {
    try self.init(uninitialized: .i32, dims: dims)
    guard elements.count == count else {
      throw .countMismatch(expected: elements.count, found: dims)
    }
    elements.withUnsafeBytes {
      if let from = $0.baseAddress { pointer.copyMemory(from: from, byteCount: $0.count) }
    }
  }

  /// The first `count` rows of an f32 tensor of two axes.
  func rows(_ count: Int) -> [[Float]] {
    let width = dims[1]
    return withUnsafeBytes { bytes in
      let floats = bytes.bindMemory(to: Float.self)
      return (0..<count).map { Array(floats[$0 * width..<($0 + 1) * width]) }
    }
  }
}
