import Foundation

/// What quantizing a model did to its layers and its outputs.
public struct QuantizationReport: JSONReport, Sendable {
  /// A linear layer or an attention against the same in f32, both given what the f32 model gives it.
  public struct Layer: Encodable, Sendable, Hashable {
    /// The weight's name, or that of an attention's products.
    public var weight: String
    /// The line that calls the layer.
    public var line: String?
    /// √(Σ (y − y₃₂)² / Σ y₃₂²) over all rows of all samples.
    public var relativeError: Double
    /// The largest |y − y₃₂|.
    public var worstError: Double
  }

  /// An output of the whole model against the f32 model's, a cosine for each row of its first axis.
  public struct Output: Encodable, Sendable, Hashable {
    /// The output's name.
    public var name: String
    /// The smallest cosine.
    public var lowestCosine: Double
    /// The mean of the cosines.
    public var meanCosine: Double
  }

  /// How well the model foretells a text.
  public struct TextScore: Encodable, Sendable, Hashable {
    /// The text's length.
    public var tokens: Int
    /// The perplexity of the model as it was.
    public var before: Double
    /// The perplexity of the quantized model.
    public var after: Double
  }

  /// How weights are stored.
  public var scheme: QuantizationScheme
  /// What the model was run on.
  public var samples: String
  /// The quantized layers that the runs reached, worst first.
  public var layers: [Layer]
  /// The outputs of real numbers.
  public var outputs: [Output]
  /// The weights that are quantized.
  public var quantized: [String]
  /// The attentions whose products are rounded to bf16.
  public var products: [String]
  /// The weights and products that were to be kept.
  public var kept: [String]
  /// Bytes of all weights before.
  public var bytesBefore: Int
  /// Bytes of all weights after, scales included.
  public var bytesAfter: Int
  /// What a text says, where one was given.
  public var perplexity: TextScore?

  /// The report for people.
  public var text: String {
    var lines = [
      "\(scheme.rawValue): \(quantized.count) weights in \(scheme.storage)"
        + (products.isEmpty ? "" : ", products of \(attentions) in bf16")
        + (kept.isEmpty ? "" : ", \(kept.count) kept")
        + "; \(Self.mebibytes(bytesBefore)) MiB of weights became \(Self.mebibytes(bytesAfter)) MiB",
      "errors of the layers against f32, on \(samples), worst first:",
    ]
    var table = TextTable(
      columns: [
        .init("relative", .right), .init("worst", .right), .init("weight", shrinks: true),
        .init("line", shrinks: true),
      ], width: 100)
    for layer in layers {
      table.add([
        String(format: "%.4f", layer.relativeError), String(format: "%.4g", layer.worstError),
        layer.weight, layer.line ?? "",
      ])
    }
    lines.append(table.text)
    for output in outputs {
      lines.append(
        "\(output.name): cosine to f32 at least \(String(format: "%.5f", output.lowestCosine)), "
          + "\(String(format: "%.5f", output.meanCosine)) on average")
    }
    if let score = perplexity {
      lines.append(
        String(
          format: "perplexity over %@ tokens: %.4f, was %.4f (%+.2f %%)", score.tokens.grouped,
          score.after, score.before, 100 * (score.after / score.before - 1)))
    }
    return lines.joined(separator: "\n")
  }

  private var attentions: String {
    products.count == 1 ? "1 attention" : "\(products.count) attentions"
  }

  private static func mebibytes(_ bytes: Int) -> String {
    String(format: "%.1f", Double(bytes) / 0x1p20)
  }
}
