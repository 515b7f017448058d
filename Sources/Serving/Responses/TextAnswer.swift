import Foundation
import Weft

/// How an answer is written, whole or in parts.
struct TextAnswer: Sendable {
  let request: TextRequest
  let model: ServedModel
  let id: String
  let created = Int(Date().timeIntervalSince1970)

  init(_ request: TextRequest, _ model: ServedModel) {
    self.request = request
    self.model = model
    let unique = UUID().uuidString.lowercased().replacing("-", with: "")
    id = (request.isChat ? "chatcmpl-" : "cmpl-") + unique
  }

  private func envelope(_ object: String, _ choices: [JSONValue], _ usage: JSONValue?) -> JSONValue
  {
    .object(
      [
        ("id", .string(id)), ("object", .string(object)), ("created", .integer(created)),
        ("model", .string(model.name)), ("choices", .array(choices)),
      ] + (usage.map { [("usage", $0)] } ?? []))
  }

  private var object: String {
    request.isChat
      ? (request.streams ? "chat.completion.chunk" : "chat.completion") : "text_completion"
  }

  /// The whole answer.
  func whole(_ texts: [GeneratedText]) -> JSONValue {
    let choices = texts.enumerated().map { i, text -> JSONValue in
      let content: (String, JSONValue) =
        request.isChat
        ? (
          "message",
          .object([("role", .string("assistant")), ("content", .string(text.text))])
        ) : ("text", .string(text.text))
      return .object([
        ("index", .integer(i)), content, ("logprobs", probabilities(text.tokens)),
        ("finish_reason", .string(text.finish.word)),
      ])
    }
    return envelope(object, choices, usage(texts.map(\.counts.generated)))
  }

  /// The first part of a conversation's answer: who speaks.
  func opening(_ i: Int) -> JSONValue {
    part(i, .object([("role", .string("assistant")), ("content", .string(""))]), .null, nil)
  }

  /// A part of the answer.
  func part(_ i: Int, _ event: GenerationEvent) -> JSONValue {
    let delta: JSONValue =
      event.text.isEmpty && event.finish != nil
      ? .object(JSONObject()) : .object([("content", .string(event.text))])
    return part(
      i, request.isChat ? delta : .string(event.text), probabilities(event.tokens), event.finish)
  }

  private func part(
    _ i: Int, _ content: JSONValue, _ probabilities: JSONValue, _ finish: FinishReason?
  ) -> JSONValue {
    let choice: JSONValue = .object([
      ("index", .integer(i)), (request.isChat ? "delta" : "text", content),
      ("logprobs", probabilities),
      ("finish_reason", finish.map { .string($0.word) } ?? .null),
    ])
    return envelope(object, [choice], request.includesUsage ? .null : nil)
  }

  /// The last part, where usage is wanted.
  func closing(_ generated: [Int]) -> JSONValue { envelope(object, [], usage(generated)) }

  private func usage(_ generated: [Int]) -> JSONValue {
    let prompt = request.prompts.reduce(0) { $0 + $1.count }
    let completion = generated.reduce(0, +)
    return .object([
      ("prompt_tokens", .integer(prompt)), ("completion_tokens", .integer(completion)),
      ("total_tokens", .integer(prompt + completion)),
    ])
  }

  private func probabilities(_ tokens: [GeneratedToken]) -> JSONValue {
    guard request.options.logProbabilities != nil else { return .null }
    let found = tokens.compactMap(\.logProbabilities)
    let tokenizer = model.texts.tokenizer
    if request.isChat {
      return .object([("content", .array(found.map { chatEntry($0) }))])
    }
    func top(_ one: LogProbabilities) -> JSONValue {
      var object = JSONObject()
      for entry in one.top {
        _ = object.append(tokenizer.text(of: entry.token), .number(Double(entry.value)))
      }
      return .object(object)
    }
    var offset = 0
    let texts = found.map { tokenizer.text(of: $0.chosen.token) }
    return .object([
      ("tokens", .array(texts.map { .string($0) })),
      ("token_logprobs", .array(found.map { .number(Double($0.chosen.value)) })),
      ("top_logprobs", .array(found.map(top))),
      (
        "text_offset",
        .array(
          texts.map { text in
            defer { offset += text.count }
            return .integer(offset)
          })
      ),
    ])
  }

  private func chatEntry(_ one: LogProbabilities) -> JSONValue {
    func members(_ entry: LogProbabilities.Entry) -> [(String, JSONValue)] {
      let text = model.texts.tokenizer.text(of: entry.token)
      return [
        ("token", .string(text)), ("logprob", .number(Double(entry.value))),
        ("bytes", .array(text.utf8.map { .integer(Int($0)) })),
      ]
    }
    return .object(
      members(one.chosen)
        + [("top_logprobs", .array(one.top.map { .object(members($0)) }))])
  }
}
