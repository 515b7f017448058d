/// How an embedding model is run on the rows of a rectangle, shorter ones filled up.
///
/// The entry takes `input_ids` and, where it has them, `attention_mask` and `token_type_ids`
/// [batch, tokens], and gives `embedding` [batch, width].
struct PaddedEmbedding: Sendable {
  let entry: Entry
  let padding: Int32

  /// Texts that are computed together at most.
  static let batchSize = 32

  /// A vector for each of `texts`; texts of like length are computed together, so that little is
  /// padded.
  func run(
    _ texts: [TokenizedText], _ cancellation: Cancellation?, progress: (Int, Int) -> Void
  ) throws -> [[Float]] {
    let order = texts.indices.sorted {
      (texts[$0].ids.count, $0) < (texts[$1].ids.count, $1)
    }
    var vectors = [[Float]](repeating: [], count: texts.count)
    for start in stride(from: 0, to: order.count, by: Self.batchSize) {
      let batch = order[start..<min(start + Self.batchSize, order.count)]
      let results = try run(batch.map { texts[$0] }, cancellation)
      for (i, vector) in zip(batch, results) { vectors[i] = vector }
      progress(batch.count, batch.reduce(0) { $0 + texts[$1].ids.count })
    }
    return vectors
  }

  private func run(_ batch: [TokenizedText], _ cancellation: Cancellation?) throws -> [[Float]] {
    let tokens = batch.map(\.ids.count).max() ?? 1
    let dims = [batch.count, tokens]
    func tensor(_ filling: Int32, _ row: (TokenizedText) -> [Int32]) throws -> Tensor {
      let numbers = batch.flatMap { text -> [Int32] in
        let row = row(text)
        return row + Array(repeating: filling, count: tokens - row.count)
      }
      return try Tensor(i32: numbers, dims: dims)
    }
    let inputs = [
      "input_ids": try tensor(padding, \.ids),
      "attention_mask": try tensor(0) { $0.ids.map { _ in 1 } },
      "token_type_ids": try tensor(0, \.typeIDs),
    ]
    let outputs = try entry.run(inputs, cancellation: cancellation)
    guard let embedding = outputs["embedding"], embedding.dtype == .f32,
      embedding.dims.count == 2, embedding.dims[0] == batch.count
    else { throw EmbeddingError.shape(outputs["embedding"]?.type) }
    return embedding.rows(batch.count)
  }
}
