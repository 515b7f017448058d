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
    _ = try weights.requiredSource()
    if texts.isEmpty == (file == nil) { throw ValidationError("give texts or --file, not both") }
    if json && similar { throw ValidationError("give --json or --similar, not both") }
    if pairs < 1 { throw ValidationError("--pairs takes a number from 1, found \(pairs)") }
  }

  func run() throws {
    let origin = try weights.requiredSource()
    let model = try Model(
      graph.source(configuration: origin.configuration), weights: origin,
      threads: execution.threads)
    let embedder = try SentenceEmbedder(
      model, entry: execution.entry, tokenizer: tokenizer.map { URL(filePath: $0) })
    let texts = try file.map { try TextLines.read($0) } ?? texts
    let progress = Terminal.Progress("embedding", count: texts.count)
    let vectors = try Interrupt.watching { cancellation in
      defer { progress.finish() }
      return try embedder.embed(texts, cancellation: cancellation) { progress.advance(to: $0) }
    }
    let report = EmbeddingReport(texts: texts, vectors: vectors)
    if similar {
      print(report.nearestPairs(count: pairs))
    } else {
      for line in try json ? report.jsonLines() : report.textLines() { print(line) }
    }
  }
}
