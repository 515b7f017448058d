import ArgumentParser
import Foundation
import Weft

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Go on with texts, token by token.",
    discussion: """
      Example:
        weft generate Graphs/llama.weft --weights FOLDER --prompt "Once upon a time"
        weft generate Graphs/llama.weft --weights FOLDER --chat --prompt "Hello!" \\
          --temperature 0.7 --top-p 0.9 --seed 1
        weft generate Graphs/gpt2.weft --weights FOLDER --prompts lines.txt --json

      A folder with a graph file may stand in place of graph and weights. The text
      goes to standard output as it comes, speeds to standard error. Ctrl-C ends it
      and keeps what there is; the exit status is 130 then.
      """)

  @OptionGroup var model: TextModelOptions

  @Option(help: "The text to go on with.")
  var prompt: String?

  @Option(help: "A file with the text to go on with; - for standard input.")
  var promptFile: String?

  @Option(help: "A file with a text a line to go on with, together; - for standard input.")
  var prompts: String?

  @Option(help: "How many texts are generated at once.")
  var parallel = 8

  @Flag(help: "Write the prompt as a user's message by the model's chat template.")
  var chat = false

  @Option(help: "A system message before it.")
  var system: String?

  @Option(help: "A chat template's file in place of the model's.")
  var template: String?

  @OptionGroup var sampling: SamplingFlags
  @OptionGroup var drafts: DraftOptions

  @Option(help: "Search with so many beams for the likeliest text.")
  var beams: Int?

  @Option(help: "The power of the length that a beam's score is divided by.")
  var lengthPenalty = 1.0

  @Option(help: "With --json: log probabilities, with so many of the likeliest tokens.")
  var logprobs: Int?

  @Flag(help: "Print an object a line: prompt, text, finish_reason, tokens, logprobs, counts.")
  var json = false

  func validate() throws {
    if [prompt, promptFile, prompts].compactMap(\.self).count != 1 {
      throw ValidationError("give one of --prompt, --prompt-file and --prompts")
    }
    if logprobs != nil, !json { throw ValidationError("--logprobs goes with --json") }
    if let logprobs, !(0...1000).contains(logprobs) {
      throw ValidationError("--logprobs takes a number from 0 to 1000, found \(logprobs)")
    }
    if !(1...1024).contains(parallel) {
      throw ValidationError("--parallel takes a number from 1 to 1024, found \(parallel)")
    }
    if let beams, !(1...256).contains(beams) {
      throw ValidationError("--beams takes a number from 1 to 256, found \(beams)")
    }
    if beams != nil, drafts.draft != nil || drafts.promptLookup || sampling.temperature != 0 {
      throw ValidationError("--beams goes with neither drafts nor --temperature")
    }
    if system != nil, !chat { throw ValidationError("--system goes with --chat") }
  }

  func run() throws {
    let texts = try model.load(template: template)
    let prompts = try readPrompts()
    let tokens = try prompts.map { try tokenize($0, texts) }
    var options = try sampling.options(stopTokens: texts.stopTokens)
    options.logProbabilities = logprobs
    options.continuesPrompt = !chat
    let longest = tokens.map(\.count).max() ?? 1
    let (tokensInAll, overflow) = longest.addingReportingOverflow(sampling.maxTokens)
    let capacity = model.context ?? (overflow ? .max : tokensInAll)
    let run = GenerationRun(
      texts: texts, prompts: prompts, tokens: tokens, options: options, capacity: capacity,
      slots: beams ?? min(parallel, prompts.count), format: model.cache, json: json)
    if let beams {
      try run.search(BeamSearch(beams: beams, lengthPenalty: lengthPenalty))
    } else {
      try run.generate(
        drafts.drafting(
          model.graph.plugins.registry(),
          threads: model.threads, slots: min(parallel, prompts.count), capacity: capacity,
          format: model.cache))
    }
  }

  private func readPrompts() throws -> [String] {
    if let prompt { return [prompt] }
    if let promptFile { return [try TextLines.text(path: promptFile)] }
    var lines = try TextLines(path: prompts ?? "-")
    return lines.next(lines.count)
  }

  private func tokenize(_ prompt: String, _ texts: TextModel) throws -> [Int32] {
    guard chat else { return texts.tokens(of: prompt) }
    guard let format = texts.chat else { throw TextModelError.noTemplate }
    let messages =
      (system.map { [ChatFormat.message("system", $0)] } ?? [])
      + [ChatFormat.message("user", prompt)]
    return texts.tokens(of: try format.text(of: messages), isRendered: true)
  }
}
