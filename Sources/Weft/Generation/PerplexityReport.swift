import Foundation

/// A text's perplexity, as the command line prints it.
public struct PerplexityReport: Encodable, Sendable {
  let perplexity: Double
  let crossEntropy: Double
  let tokens: Int
  let window: Int
  let stride: Int

  private enum CodingKeys: String, CodingKey {
    case perplexity, tokens, window, stride
    case crossEntropy = "cross_entropy"
  }

  /// A report on `result`.
  public init(_ result: Perplexity.Result, _ plan: Perplexity) {
    perplexity = result.perplexity
    crossEntropy = result.crossEntropy
    tokens = result.scores.count
    window = plan.window
    stride = plan.stride
  }

  /// The figures as JSON.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// The figures in a line.
  public func text(seconds: Double) -> String {
    String(
      format: "perplexity %.4f over %@ tokens (%.4f nats a token), %.1f tokens a second",
      perplexity, tokens.grouped, crossEntropy, Double(tokens) / max(seconds, 1e-9))
  }
}

extension Perplexity.Score {
  /// An object and its newline: position, id, token, logprob.
  public func line(_ tokenizer: Tokenizer) -> String {
    var object = JSONObject()
    _ = object.append("position", .integer(position))
    _ = object.append("id", .integer(Int(token)))
    _ = object.append("token", .string(tokenizer.text(of: token)))
    _ = object.append("logprob", .number(logProbability))
    return JSONValue.object(object).text + "\n"
  }
}

/// Rows of logits, one for each token that counts.
public struct LogitsTable {
  /// The rows: f32 [tokens, vocabulary].
  public let tensor: Tensor
  private var row = 0

  /// Room for `rows` rows.
  ///
  /// - Throws: `TensorError` for more than memory can hold.
  public init(rows: Int, _ vocabulary: Int) throws(TensorError) {
    tensor = try Tensor(zeros: .f32, dims: [max(0, rows), vocabulary])
  }

  /// Adds a row; more than there is room for are left out.
  public mutating func append(_ logits: UnsafeBufferPointer<Float>) {
    guard row < tensor.dims[0], logits.count == tensor.dims[1], let base = logits.baseAddress
    else { return }
    (tensor.pointer + row * logits.count * 4).copyMemory(from: base, byteCount: logits.count * 4)
    row += 1
  }
}
