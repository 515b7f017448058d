import ArgumentParser
import Foundation
import Weft

/// What `weft generate` does with its prompts, and how it shows it.
struct GenerationRun {
  let texts: TextModel
  let prompts: [String]
  let tokens: [[Int32]]
  let options: GenerationOptions
  let capacity: Int
  let slots: Int
  let format: StateFormat
  let json: Bool

  /// Generates all texts. One alone is shown as it comes; of several each once it has ended.
  func generate(_ drafting: Drafting) throws {
    let engine = try GenerationEngine(
      texts.tokenModel(slots: slots, capacity: capacity, format: format),
      tokenizer: texts.tokenizer, drafting: drafting)
    var speed = GenerationSpeed()
    let streams = prompts.count == 1 && !json
    let progress = Terminal.Progress("generating", count: prompts.count, unit: "texts")
    var ended = 0
    let (made, isStopped) = try Interrupt.watching { cancellation in
      let made = try engine.generate(tokens, options, cancellation: cancellation) {
        _, event in
        speed.note(event)
        if streams, !event.text.isEmpty {
          print(event.text, terminator: "")
          try StandardOutput.finish()
        }
        if event.finish != nil {
          ended += 1
          if !streams { progress.advance(to: ended) }
        }
      }
      return (made, cancellation.isCancelled)
    }
    progress.finish()
    speed.finish(engine.counts)
    if streams {
      print()
    } else {
      for (i, text) in made.enumerated() { show(text, prompt: i) }
    }
    try StandardOutput.finish()
    if isatty(2) == 1, speed.counts.generated >= 16 {
      try speed.measureBandwidth(
        of: texts.model, slots: slots, capacity: capacity, format: format)
    }
    Terminal.error(speed.text + (isStopped ? "; stopped" : "") + "\n")
    try end(made.map(\.finish), isStopped)
  }

  private func show(_ text: GeneratedText, prompt i: Int) {
    if json {
      print(text.json(prompt: prompts[i], tokenizer: texts.tokenizer).text)
    } else {
      print("> \(prompts[i].split(separator: "\n").first ?? "")\n\(text.text)\n")
    }
  }

  private func end(_ reasons: [FinishReason], _ isStopped: Bool) throws {
    for case .failed(let error) in reasons { throw error }
    if isStopped { throw ExitCode(130) }
  }

  /// Searches for the likeliest text of each prompt.
  func search(_ search: BeamSearch) throws {
    let model = try texts.tokenModel(slots: search.beams, capacity: capacity, format: format)
    for (i, prompt) in tokens.enumerated() {
      let found = try Interrupt.watching { cancellation in
        try Terminal.Progress.showing(
          "searching", count: options.maximumTokens, unit: "tokens"
        ) { progress in
          try search.search(
            prompt, maximumTokens: options.maximumTokens, stopTokens: options.stopTokens,
            in: model, cancellation: cancellation, progress: progress)
        }
      }
      if json {
        print(try BeamReport(prompts[i], prompt, found, texts.tokenizer).json())
      } else if let best = found.first {
        let text = texts.tokenizer.continuation(of: prompt, best.tokens)
        print(prompts.count == 1 ? text : "> \(prompts[i])\n\(text)\n")
      }
    }
  }
}

/// What a search found, as JSON.
struct BeamReport: Encodable {
  struct Beam: Encodable {
    var text: String
    var score: Double
    var tokens: [Int32]
  }

  var prompt: String
  var beams: [Beam]

  init(
    _ prompt: String, _ tokens: [Int32], _ found: [BeamSearch.Hypothesis], _ tokenizer: Tokenizer
  ) {
    self.prompt = prompt
    beams = found.map {
      Beam(
        text: tokenizer.continuation(of: tokens, $0.tokens), score: $0.score, tokens: $0.tokens)
    }
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
