import ArgumentParser
import Foundation
import Weft

struct EmbedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Turn texts into vectors, or find the texts that mean nearly the same.",
    discussion: """
      Example:
        weft embed Graphs/minilm.weft --weights FOLDER --json "The cat sits outside"
        weft embed Graphs/minilm.weft --weights FOLDER --file sentences.txt --similar

      Texts of any lengths run packed, laid end to end, where the model has an
      entry for that; --entry names another. A large file is worked on in windows.
      """)

  @OptionGroup var graph: GraphOptions
  @OptionGroup var weights: WeightOptions
  @OptionGroup var execution: ExecutionOptions

  @ArgumentParser.Argument(help: "Texts.")
  var texts: [String] = []

  @Option(help: "A file with a text a line; - for standard input.")
  var file: String?

  @Option(help: "The tokenizer.json; by default the one beside the weights.")
  var tokenizer: String?

  @Flag(help: "Print an object a line: {\"text\":…,\"embedding\":[…]}.")
  var json = false

  @Flag(help: "Print the nearest pairs as a table.")
  var similar = false

  @Option(help: "How many pairs to print.")
  var pairs = 10

  func validate() throws {
    _ = try graph.requiredOrigin(weights)
    if texts.isEmpty == (file == nil) { throw ValidationError("give texts or --file, not both") }
    if json && similar { throw ValidationError("give --json or --similar, not both") }
    if pairs < 1 { throw ValidationError("--pairs takes a number from 1, found \(pairs)") }
  }

  func run() throws {
    let origin = try graph.requiredOrigin(weights)
    let model = try Model(
      graph.source(configuration: origin.configuration), weights: origin,
      threads: execution.threads, registry: graph.plugins.registry(),
      lowMemory: execution.lowMemory)
    let embedder = try SentenceEmbedder(
      model, entry: execution.entry, tokenizer: tokenizer.map { URL(filePath: $0) })
    // Read before Ctrl-C is watched for: whoever waits for standard input can be ended at once.
    let lines = try file.map { try TextLines(path: $0) }
    let start = ContinuousClock.now
    let done = try Interrupt.watching { cancellation in
      try embedAll(lines, with: embedder, threads: model.executor.threads, cancellation)
    }
    if file != nil, !json {
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      Terminal.error(done.summary(seconds: seconds) + "\n")
    }
  }

  /// Texts that are worked on together: many, so that they can be packed well, and few enough that
  /// results of a large file come early and take little memory.
  private static let window = 16384

  private func embedAll(
    _ lines: TextLines?, with embedder: SentenceEmbedder, threads: Int,
    _ cancellation: Cancellation
  ) throws -> SentenceEmbedder.Progress {
    var lines = lines
    let progress = Terminal.Progress(
      "embedding", count: lines?.count ?? texts.count, unit: "texts")
    defer { progress.finish() }
    var done = SentenceEmbedder.Progress()
    // All pairs are compared, so that all vectors are needed at once.
    let window = similar ? Int.max : Self.window
    while true {
      let batch = lines?.next(window) ?? (done.texts == 0 ? texts : [])
      if batch.isEmpty { return done }
      let before = done
      let vectors = try embedder.embed(batch, cancellation: cancellation) {
        done = .init(texts: before.texts + $0.texts, tokens: before.tokens + $0.tokens)
        progress.advance(to: done.texts)
      }
      progress.clear()
      let report = EmbeddingReport(texts: batch, vectors: vectors)
      if similar {
        print(report.nearestPairs(count: pairs))
      } else if json {
        print(report.jsonLines(threads: threads), terminator: "")
      } else {
        for line in report.textLines() { print(line) }
      }
    }
  }
}
