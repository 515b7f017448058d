import ArgumentParser
import Foundation
import Weft

struct ChatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat",
    abstract: "Keep a conversation with a model.",
    discussion: """
      Example:
        weft chat Graphs/llama.weft --weights FOLDER --system "Be brief."
        weft chat FOLDER --temperature 0.7 --history talk.json

      Each line is a message. What was said stays in the cache: only new tokens are
      computed. /reset forgets the conversation, /undo its last question and answer,
      /save FILE writes it, /help lists these, /exit or the end of input ends it.
      Ctrl-C ends an answer and keeps what there is of it.
      """)

  @OptionGroup var model: TextModelOptions

  @Option(help: "A system message at the beginning.")
  var system: String?

  @Option(help: "A chat template's file in place of the model's.")
  var template: String?

  @Option(help: "Go on with the conversation in this file, and keep it there.")
  var history: String?

  @OptionGroup var sampling: SamplingFlags
  @OptionGroup var drafts: DraftOptions

  func run() throws {
    let texts = try model.load(template: template)
    let capacity = model.context ?? min(texts.contextLength ?? 4096, 4096)
    var options = try sampling.options(stopTokens: texts.stopTokens)
    options.continuesPrompt = false
    var conversation = try Conversation(
      texts, capacity: capacity, format: model.cache, options: options, system: system,
      drafting: drafts.drafting(
        model.graph.plugins.registry(),
        threads: model.threads, slots: 1, capacity: capacity, format: model.cache))
    let file = history.map { URL(filePath: $0) }
    if let file, FileManager.default.fileExists(atPath: file.path) {
      try conversation.restore(from: file)
    }
    let isTerminal = isatty(0) == 1
    while true {
      if isTerminal { Terminal.error("> ") }
      guard let line = readLine() else { break }
      let text = line.trimmingCharacters(in: .whitespaces)
      if text.isEmpty { continue }
      if text == "/exit" { break }
      do {
        if text.hasPrefix("/") {
          Terminal.error(try conversation.command(text) + "\n")
        } else {
          try answer(text, &conversation)
        }
        if let file { try conversation.save(to: file) }
      } catch  where isTerminal {
        // A conversation survives what goes wrong in one turn.
        Terminal.error("error: \(error)\n")
      }
    }
  }

  private func answer(_ text: String, _ conversation: inout Conversation) throws {
    try Interrupt.watching { cancellation in
      try conversation.answer(text, cancellation: cancellation) { part in
        print(part, terminator: "")
        try StandardOutput.finish()
      }
    }
    print()
    try StandardOutput.finish()
  }
}
