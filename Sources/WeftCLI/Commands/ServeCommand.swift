import ArgumentParser
import Foundation
import Serving
import Weft

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Answer over HTTP, with OpenAI's interface.",
    discussion: """
      Example:
        weft serve Graphs/llama.weft --weights FOLDER --port 8080 --slots 16
        curl http://127.0.0.1:8080/v1/completions -d '{"prompt": "Hello", "max_tokens": 8}'

      Paths: /v1/completions, /v1/chat/completions, /v1/embeddings, /v1/models, /health,
      /metrics. Texts of all clients advance together. SIGTERM or Ctrl-C ends what was
      begun, then the server. WEFT_API_KEY is what --api-key is.
      """)

  @OptionGroup var model: TextModelOptions

  @Option(help: "The address to listen at; by default only this machine reaches it.")
  var host = "127.0.0.1"

  @Option(help: "The port; 0 takes any that is free.")
  var port = 8080

  @Option(help: "What clients must send as a bearer token.")
  var apiKey: String?

  @Option(help: "The name that requests call the model by; by default the graph's.")
  var name: String?

  @Option(help: "A chat template's file in place of the model's.")
  var template: String?

  @Option(help: "How many texts are generated at once.")
  var slots = 16

  @Option(help: "How many texts may wait for their turn.")
  var queue = 128

  @Option(help: "How many tokens a request may ask for.")
  var maxTokens = 4096

  @Option(help: "How large a request's body may be.")
  var maxBody = ByteCount(argument: "4MiB") ?? ByteCount(bytes: 4 << 20)

  @Option(help: "Seconds that a text may take, waiting included.")
  var timeLimit = 600.0

  @Option(help: "Seconds that texts have to end once the server is told to stop.")
  var grace = 30

  @Option(help: "An embedding model's graph file, for /v1/embeddings.")
  var embedder: String?

  @Option(help: ArgumentHelp("The embedding model's weights.", valueName: "file-or-folder"))
  var embedderWeights: String?

  @OptionGroup var drafts: DraftOptions

  func validate() throws {
    func require(_ isRight: Bool, _ message: String) throws {
      if !isRight { throw ValidationError(message) }
    }
    try require((0...65535).contains(port), "--port takes a number from 0 to 65535, found \(port)")
    try require((1...1024).contains(slots), "--slots takes a number from 1 to 1024, found \(slots)")
    try require(
      (0...100_000).contains(queue), "--queue takes a number from 0 to 100000, found \(queue)")
    try require(maxTokens >= 1, "--max-tokens takes a number from 1, found \(maxTokens)")
    try require(
      timeLimit > 0 && timeLimit < 1e9, "--time-limit takes seconds above 0, found \(timeLimit)")
    try require(
      (0...86_400).contains(grace), "--grace takes seconds from 0 to 86400, found \(grace)")
    try require(
      (embedder == nil) == (embedderWeights == nil), "--embedder and --embedder-weights go together"
    )
    try require(apiKey != "", "--api-key is empty")
  }

  func run() throws {
    let texts = try model.load(template: template)
    let options = options(texts)
    let server = try Server(
      texts, options: options,
      drafting: drafts.drafting(
        model.graph.plugins.registry(),
        threads: model.threads, slots: slots, capacity: options.capacity, format: model.cache),
      embedder: sentenceEmbedder())
    let name = options.name
    let host = options.host
    try server.runUntilStopped { port in
      Terminal.error("serving '\(name)' at http://\(host):\(port)\n")
    }
  }

  private func options(_ texts: TextModel) -> ServerOptions {
    var options = ServerOptions()
    options.host = host
    options.port = port
    let key = apiKey ?? ProcessInfo.processInfo.environment["WEFT_API_KEY"]
    options.apiKey = key == "" ? nil : key
    options.name = name ?? texts.model.definition.name
    options.slots = slots
    options.capacity = model.context ?? min(texts.contextLength ?? 2048, 4096)
    options.format = model.cache
    options.mostTokens = maxTokens
    options.bodyLimit = maxBody.bytes
    options.limits = GenerationService.Limits(queue: queue, seconds: timeLimit)
    options.grace = grace
    return options
  }

  private func sentenceEmbedder() throws -> (String, SentenceEmbedder)? {
    guard let embedder, let embedderWeights else { return nil }
    let origin = WeightOrigin.checkpoint(URL(filePath: embedderWeights))
    let model = try Model(
      ModelSource(file: URL(filePath: embedder), configuration: origin.configuration),
      weights: origin, threads: self.model.threads,
      registry: self.model.graph.plugins.registry())
    return (model.definition.name, try SentenceEmbedder(model))
  }
}
