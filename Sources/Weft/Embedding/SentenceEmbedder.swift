import Dispatch
import Foundation

/// Turns texts into vectors with a model whose task is `embedding`.
///
/// Where the model has an entry for sequences laid end to end (inputs `input_ids` [tokens] and
/// `offsets` [sequences + 1], output `embedding` [sequences, width]), texts run packed, and nothing
/// is padded. Else the entry takes `input_ids` and, where it has them, `attention_mask` and
/// `token_type_ids` [batch, tokens], and gives `embedding` [batch, width].
public struct SentenceEmbedder: Sendable {
  /// What is done so far.
  public struct Progress: Sendable, Hashable {
    /// Texts that have a vector.
    public var texts = 0
    /// Tokens of these texts, special ones included.
    public var tokens = 0

    /// What is done so far from its parts.
    public init(texts: Int = 0, tokens: Int = 0) {
      self.texts = texts
      self.tokens = tokens
    }

    /// "1,000 texts, 53,395 tokens in 2.50 s: 400.0 texts and 21,358 tokens a second"
    public func summary(seconds: Double) -> String {
      let rate = 1 / max(seconds, 1e-9)
      return String(
        format: "%@ texts, %@ tokens in %.2f s: %.1f texts and %@ tokens a second", texts.grouped,
        tokens.grouped, seconds, Double(texts) * rate, Int(clamping: Double(tokens) * rate).grouped)
    }
  }

  private enum Form: Sendable {
    case packed(PackedEmbedding)
    case padded(PaddedEmbedding)
  }

  /// The tokenizer.
  public let tokenizer: Tokenizer
  private let form: Form
  private let mostTokens: Int
  private let threads: Int

  /// An embedder of `model`.
  ///
  /// - Parameters:
  ///   - entry: the entry's name; by default one that takes sequences laid end to end, else the
  ///     first.
  ///   - tokenizer: a tokenizer.json; by default the one that the model names, in the folder of its
  ///     weights.
  public init(_ model: Model, entry: String? = nil, tokenizer: URL? = nil) throws {
    let candidates =
      try entry.map { [try model.entry($0)] }
      ?? model.definition.entries.map { try model.entry($0.name) }
    guard model.definition.task == .embedding, let first = candidates.first,
      first.graph.outputs.contains(where: { $0.name == "embedding" })
    else { throw EmbeddingError.wrongTask(model: model.definition.name) }
    guard let file = tokenizer ?? model.tokenizerFile else { throw EmbeddingError.noTokenizer }
    let reading = Background {
      try Tokenizer(contentsOf: file, parts: model.registry.tokenizerParts)
    }
    let packing = candidates.first { PackedEmbedding($0, padding: 0) != nil }
    _ = try (packing ?? first).compiled()
    self.tokenizer = try reading.value()
    mostTokens = self.tokenizer.truncation?.maximumLength ?? 512
    threads = model.executor.threads
    let padding = self.tokenizer.padding?.id ?? 0
    let packed = candidates.lazy.compactMap { PackedEmbedding($0, padding: padding) }.first
    form =
      packed.map { .packed($0) } ?? .padded(PaddedEmbedding(entry: first, padding: padding))
  }

  /// Whether texts run laid end to end, so that nothing is padded.
  public var isPacked: Bool {
    if case .packed = form { true } else { false }
  }

  /// A vector for each text, in the order of the texts. A longer text is cut to the tokens that the
  /// tokenizer allows.
  ///
  /// A packed text's vector is the same bytes whatever texts it came with.
  public func embed(
    _ texts: [String], cancellation: Cancellation? = nil, progress: (Progress) -> Void = { _ in }
  ) throws -> [[Float]] {
    let tokenized = tokenize(texts)
    var done = Progress()
    func advance(_ texts: Int, _ tokens: Int) {
      done.texts += texts
      done.tokens += tokens
      progress(done)
    }
    let vectors =
      switch form {
      case .packed(let packed): try packed.run(tokenized, cancellation, progress: advance)
      case .padded(let padded): try padded.run(tokenized, cancellation, progress: advance)
      }
    if let bad = vectors.firstIndex(where: { !$0.allSatisfy(\.isFinite) }) {
      throw EmbeddingError.notFinite(text: texts[bad])
    }
    return vectors
  }

  /// Texts that one thread tokenizes at a time.
  private static let chunk = 32

  /// The tokens of all texts, found on as many threads as the model runs on.
  private func tokenize(_ texts: [String]) -> [TokenizedText] {
    let chunks = (texts.count + Self.chunk - 1) / Self.chunk
    let results = ConcurrentMap.map(chunks, threads: threads) { chunk in
      texts[chunk * Self.chunk..<min((chunk + 1) * Self.chunk, texts.count)].map { text in
        let encoding = tokenizer.encode(text, maximumLength: mostTokens)
        return TokenizedText(ids: encoding.ids, typeIDs: encoding.typeIDs)
      }
    }
    return results.flatMap { $0 }
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
  /// A vector holds NaN or an infinity.
  case notFinite(text: String)

  public var description: String {
    switch self {
    case .wrongTask(let model):
      "model '\(model)' is not for embedding: it needs 'task embedding' and an output 'embedding'"
    case .noTokenizer:
      "there is no tokenizer: give --weights FOLDER with a tokenizer.json, or --tokenizer FILE"
    case .shape(let type):
      "output 'embedding' must be f32, a row for each text, found \(type?.description ?? "none")"
    case .notFinite(let text):
      "the vector of \(text.shortened(to: 44).quotedForMessage) isn't finite: a weight is NaN or too large"
    }
  }
}
