import Foundation
import Weft

@testable import Serving

/// Bodies of requests to `weft serve`; the first byte says to which path.
struct HTTPBodyTarget: FuzzTarget {
  static let name = "http-body"
  static let words = [
    "\"model\":", "\"prompt\":", "\"messages\":", "\"role\":", "\"content\":", "\"max_tokens\":",
    "\"temperature\":", "\"top_p\":", "\"top_k\":", "\"n\":", "\"best_of\":", "\"stop\":",
    "\"logit_bias\":", "\"seed\":", "\"stream\":", "\"stream_options\":", "\"tools\":",
    "\"input\":",
    "\"chat_template_kwargs\":", "\"logprobs\":", "\"top_logprobs\":", "\"encoding_format\":",
    "\"type\":\"text\"", "2147483648", "-1", "1e39", "null", "true",
  ]

  private let model: ServedModel

  init() throws {
    let weights = WeightOrigin.checkpoint(Repository.file("Docs/Examples/glossary"))
    let model = try Model(
      ModelSource(
        file: Repository.file("Graphs/llama.weft"), configuration: weights.configuration),
      weights: weights, threads: 1)
    let texts = try TextModel(model)
    let engine = try GenerationEngine(
      texts.tokenModel(slots: 1, capacity: 128), tokenizer: texts.tokenizer)
    self.model = ServedModel(
      name: "llama", texts: texts, service: GenerationService(engine), mostTokens: 64)
  }

  func seeds() throws -> [Data] {
    let completion = [
      #"{"model":"llama","prompt":"A graph is","max_tokens":8,"temperature":0.7,"top_p":0.9,"seed":1}"#,
      #"{"prompt":["a","b"],"n":2,"stop":["\n"],"logprobs":3,"logit_bias":{"5":-100},"stream":true}"#,
      #"{"prompt":[[1,2],[3]],"top_k":4,"min_p":0.1,"stream_options":{"include_usage":true}}"#,
      #"{"prompt":[1,2,3],"ignore_eos":true,"min_tokens":2,"repetition_penalty":1.1}"#,
    ]
    let chat = [
      #"{"messages":[{"role":"user","content":"What is a plan?"}],"max_completion_tokens":9}"#,
      #"{"messages":[{"role":"system","content":[{"type":"text","text":"x"}]}],"tools":[{"a":1}]}"#,
      #"{"messages":[{"role":"user","content":"x"}],"chat_template_kwargs":{"k":[1]},"logprobs":true}"#,
    ]
    let embedding = [#"{"input":["a","b"],"encoding_format":"base64"}"#, #"{"input":"a"}"#]
    return [completion, chat, embedding].enumerated().flatMap { i, texts in
      texts.map { Data([UInt8(i)]) + Data($0.utf8) }
    }
  }

  func run(_ bytes: Data) {
    guard let first = bytes.first else { return }
    let body = Data(bytes.dropFirst())
    do {
      switch first % 3 {
      case 0, 1: _ = try TextRequest(body, isChat: first % 3 == 1, model: model)
      default: _ = try EmbeddingRequest(body, name: "minilm")
      }
    } catch {
      let error = ServerError(error)
      precondition(
        (400..<500).contains(error.status), "a client's mistake is told as the server's: \(error)")
      _ = Routes.json(error.json, status: error.status)
    }
  }
}
