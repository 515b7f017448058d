import Weft

/// What `/metrics` says, in Prometheus' text form.
enum Metrics {
  static func text(_ figures: GenerationService.Figures) -> String {
    var text = ""
    func metric(_ name: String, _ kind: String, _ help: String, _ lines: [(String, Double)]) {
      text += "# HELP weft_\(name) \(help)\n# TYPE weft_\(name) \(kind)\n"
      for (labels, value) in lines {
        let number =
          value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
        text += "weft_\(name)\(labels) \(number)\n"
      }
    }
    func single(_ name: String, _ kind: String, _ help: String, _ value: Double) {
      metric(name, kind, help, [("", value)])
    }
    single("texts_active", "gauge", "Texts that are being generated.", Double(figures.active))
    single("texts_waiting", "gauge", "Texts that wait for a slot.", Double(figures.waiting))
    metric(
      "texts_total", "counter", "Texts that ended, by reason.",
      ["length", "stop", "cancelled", "error"].map {
        ("{reason=\"\($0)\"}", Double(figures.ended[$0] ?? 0))
      })
    single(
      "texts_refused_total", "counter", "Texts refused since too many waited.",
      Double(figures.refused))
    single(
      "generated_tokens_total", "counter", "Tokens that were generated.", Double(figures.generated))
    single(
      "prompt_tokens_total", "counter", "Tokens of prompts of texts that ended.",
      Double(figures.counts.prompt))
    single(
      "reused_tokens_total", "counter", "Of these, tokens that the cache held already.",
      Double(figures.counts.reused))
    single("steps_total", "counter", "Runs of the model.", Double(figures.steps))
    single("step_seconds_total", "counter", "Seconds in these runs.", figures.stepSeconds)
    let bounds = zip(GenerationService.Figures.firstTokenBounds, figures.firstTokens)
      .map { ("_bucket{le=\"\($0)\"}", Double($1)) }
    let count = Double(figures.firstTokenCount)
    metric(
      "first_token_seconds", "histogram", "Seconds to a text's first token.",
      bounds + [
        ("_bucket{le=\"+Inf\"}", count), ("_sum", figures.firstTokenSeconds), ("_count", count),
      ])
    return text
  }
}
