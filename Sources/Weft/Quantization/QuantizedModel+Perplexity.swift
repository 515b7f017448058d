extension QuantizedModel {
  /// How well the model foretells `text`, as it was and quantized.
  ///
  /// Both read it in windows of what the model was made for, 1024 tokens at most, that begin half a window
  /// apart.
  ///
  /// - Throws: ``TextModelError`` for a model without a tokenizer, ``GenerationError`` for a text of less
  ///   than two tokens.
  public func perplexity(
    of text: String, cancellation: Cancellation? = nil,
    progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws -> QuantizationReport.TextScore {
    let tokens = try TextModel(original).tokens(of: text)
    func score(_ model: Model, _ done: Int) throws -> Double {
      let texts = try TextModel(model)
      let window = max(2, min(texts.contextLength ?? 1024, 1024))
      let plan = try Perplexity(window: window, stride: max(1, window / 2))
      let session = try texts.tokenModel(capacity: min(window, max(tokens.count, 2)))
      let work = plan.work(of: tokens.count)
      return try plan.score(
        tokens, in: session, cancellation: cancellation,
        progress: { progress(done * work + $0, 2 * work) }
      ).perplexity
    }
    return try .init(tokens: tokens.count, before: score(original, 0), after: score(model, 1))
  }
}
