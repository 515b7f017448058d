import ArgumentParser
import Foundation
import Weft

struct PerplexityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "perplexity",
    abstract: "Say how well a model foretells a text.",
    discussion: """
      Example:
        weft perplexity Graphs/llama.weft --weights FOLDER --file book.txt --window 512
        weft perplexity Graphs/gpt2.weft --weights FOLDER --file page.txt \\
          --scores scores.jsonl --logits logits.npy --json

      A longer text is read in windows; each token counts once, in the first window
      that it is in. With --json: perplexity, cross_entropy, tokens, window, stride.
      """)

  @OptionGroup var model: TextModelOptions

  @Option(help: "The text; - for standard input.")
  var file: String

  @Option(help: "Tokens that the model sees at most; by default what it was made for, up to 1024.")
  var window: Int?

  @Option(help: "Tokens from one window's beginning to the next one's; by default half a window.")
  var stride: Int?

  @Option(
    help: "Write an object a line for each token: position, id, token, logprob.")
  var scores: String?

  @Option(
    help: "Write the logits before each token that counts to a .npy, .npz or .safetensors file.")
  var logits: String?

  @Flag(help: "Print the figures as JSON.")
  var json = false

  func validate() throws { _ = try plan(window ?? 1024) }

  private func plan(_ window: Int) throws -> Perplexity {
    do {
      return try Perplexity(window: window, stride: stride ?? max(1, window / 2))
    } catch { throw ValidationError("\(error)") }
  }

  func run() throws {
    let target = try logits.map { try TapFile(path: $0) }
    try target?.check(count: 1)
    let texts = try model.load()
    let plan = try plan(window ?? min(texts.contextLength ?? 1024, 1024))
    let tokens = texts.tokens(of: try TextLines.text(path: file))
    let session = try texts.tokenModel(
      capacity: model.context ?? min(plan.window, max(tokens.count, 2)), format: model.cache)
    var table = try target.map { _ in try LogitsTable(rows: tokens.count - 1, session.vocabulary) }
    let start = ContinuousClock.now
    let result = try Interrupt.watching { cancellation in
      try Terminal.Progress.showing(
        "scoring", count: plan.work(of: tokens.count), unit: "tokens"
      ) { progress in
        try plan.score(
          tokens, in: session, cancellation: cancellation,
          logits: table == nil ? nil : { table?.append($0) }, progress: progress)
      }
    }
    if let target, let table { try target.write(["logits": table.tensor]) }
    if let scores {
      let lines = result.scores.map { $0.line(texts.tokenizer) }.joined()
      try AtomicFile.write(Data(lines.utf8), to: URL(filePath: scores))
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let report = PerplexityReport(result, plan)
    print(try json ? report.json() : report.text(seconds: seconds))
  }
}
