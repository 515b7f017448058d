import Foundation

/// Turns texts into vectors with a model whose task is `embedding`.
///
/// The entry takes `input_ids` and, where it has them, `attention_mask` and `token_type_ids`
/// [batch, tokens], and gives `embedding` [batch, width].
public struct SentenceEmbedder: Sendable {
  /// The tokenizer.
  public let tokenizer: Tokenizer
  private let entry: Entry
  private let mostTokens: Int

  /// Texts that are computed together at most.
  public static let batchSize = 32

  /// An embedder of `model`.
  ///
  /// - Parameter tokenizer: a tokenizer.json; by default the one that the model names, in the
  ///   folder of its weights.
  public init(_ model: Model, entry: String? = nil, tokenizer: URL? = nil) throws {
    self.entry = try model.entry(entry)
    guard model.definition.task == .embedding,
      self.entry.graph.outputs.contains(where: { $0.name == "embedding" })
    else { throw EmbeddingError.wrongTask(model: model.definition.name) }
    guard let file = tokenizer ?? model.tokenizerFile else { throw EmbeddingError.noTokenizer }
    let reading = Background { try Tokenizer(contentsOf: file) }
    _ = try self.entry.compiled()
    self.tokenizer = try reading.value()
    mostTokens = self.tokenizer.truncation?.maximumLength ?? 512
  }

  /// A vector for each text. A longer text is cut to the tokens that the tokenizer allows.
  ///
  /// Texts of like length are computed together, so that little is padded.
  public func embed(
    _ texts: [String], cancellation: Cancellation? = nil, progress: (Int) -> Void = { _ in }
  ) throws -> [[Float]] {
    let encodings = texts.map { tokenizer.encode($0, maximumLength: mostTokens) }
    let order = texts.indices.sorted { (encodings[$0].count, $0) < (encodings[$1].count, $1) }
    var vectors = [[Float]](repeating: [], count: texts.count)
    var done = 0
    while done < order.count {
      let batch = order[done..<min(done + Self.batchSize, order.count)]
      let results = try embed(batch.map { encodings[$0] }, cancellation)
      for (i, vector) in zip(batch, results) { vectors[i] = vector }
      done += batch.count
      progress(done)
    }
    return vectors
  }

  private func embed(_ encodings: [Encoding], _ cancellation: Cancellation?) throws -> [[Float]] {
    let tokens = encodings.map(\.count).max() ?? 1
    let dims = [encodings.count, tokens]
    func tensor(_ padding: Int, _ row: (Encoding) -> [Int]) throws -> Tensor {
      let integers = encodings.flatMap { encoding -> [Int] in
        let row = row(encoding)
        return row + Array(repeating: padding, count: tokens - row.count)
      }
      return try Tensor(.i32, dims: dims, integers: integers)
    }
    let inputs = [
      "input_ids": try tensor(Int(tokenizer.padding?.id ?? 0)) { $0.ids.map(Int.init) },
      "attention_mask": try tensor(0) { $0.ids.map { _ in 1 } },
      "token_type_ids": try tensor(0) { $0.typeIDs.map(Int.init) },
    ]
    let outputs = try entry.run(inputs, cancellation: cancellation)
    guard let embedding = outputs["embedding"], embedding.dims.count == 2 else {
      throw EmbeddingError.shape(outputs["embedding"]?.type)
    }
    let (floats, width) = (embedding.floats, embedding.dims[1])
    return encodings.indices.map { Array(floats[$0 * width..<($0 + 1) * width]) }
  }
}

/// Why texts can't be embedded.
public enum EmbeddingError: Error, CustomStringConvertible {
  /// The model isn't for embedding.
  case wrongTask(model: String)
  /// There is no tokenizer beside the weights.
  case noTokenizer
  /// The embeddings aren't one vector for each text.
  case shape(TensorType?)

  public var description: String {
    switch self {
    case .wrongTask(let model):
      "model '\(model)' is not for embedding: it needs 'task embedding' and an output 'embedding'"
    case .noTokenizer:
      "there is no tokenizer: give --weights FOLDER with a tokenizer.json, or --tokenizer FILE"
    case .shape(let type):
      "output 'embedding' must be f32[batch, width], found \(type?.description ?? "none")"
    }
  }
}
