import Foundation
import Weft

/// What a client wants generated.
struct TextRequest: Sendable {
  var prompts: [[Int32]] = []
  var options = GenerationOptions()
  /// How many texts for each prompt.
  var count = 1
  var streams = false
  var includesUsage = false
  let isChat: Bool

  /// Texts that one request may ask for.
  private static let mostTexts = 128

  /// Reads the body of `/v1/completions` or `/v1/chat/completions`.
  init(_ body: Data, isChat: Bool, model: ServedModel) throws {
    self.isChat = isChat
    var fields = try RequestFields(
      JSONField(try JSONParser.parse(body, limits: .init(depth: 64, values: 1_000_000))))
    try model.checkName(fields.string("model"))
    if isChat {
      prompts = [try Self.chat(&fields, model)]
      options.continuesPrompt = false
    } else {
      prompts = try Self.prompts(fields.field("prompt"), model)
      try fields.refuse("suffix") { $0 == .null || $0 == .string("") }
      try fields.refuse("echo") { $0 == .bool(false) }
    }
    try readOptions(&fields, model)
    count = try fields.integer("n", in: 1...Self.mostTexts) ?? 1
    let best = try fields.integer("best_of", in: 1...Self.mostTexts) ?? count
    guard best == count else {
      throw ServerError.invalid("'best_of' must be 'n'", field: "best_of")
    }
    guard prompts.count * count <= Self.mostTexts else {
      throw ServerError.invalid(
        "a request may ask for \(Self.mostTexts) texts, this one asks for "
          + "\(prompts.count * count)", field: "n")
    }
    streams = try fields.bool("stream")
    if let stream = try fields.field("stream_options") {
      includesUsage = try stream.member("include_usage")?.bool() ?? false
    }
    try fields.finish()
    let longest = prompts.map(\.count).max() ?? 0
    if isChat || options.maximumTokens == .max {
      options.maximumTokens = max(
        1, min(options.maximumTokens, model.service.capacity - longest + 1))
    }
  }

  private static func chat(_ fields: inout RequestFields, _ model: ServedModel) throws -> [Int32] {
    guard let format = model.texts.chat else { throw TextModelError.noTemplate }
    guard let messages = try fields.field("messages") else {
      throw ServerError.invalid("'messages' is missing", field: "messages")
    }
    let elements = try messages.elements()
    guard !elements.isEmpty else {
      throw ServerError.invalid("'messages' has no message", field: "messages")
    }
    for message in elements { _ = try message.required("role", "a role").string() }
    let tools = try fields.field("tools")?.value ?? .null
    try fields.refuse("tool_choice") { $0 == .string("auto") || $0 == .string("none") }
    try fields.refuse("functions") { $0 == .null }
    try fields.refuse("response_format") { value in
      if case .object(let object) = value { object["type"] == .string("text") } else { false }
    }
    try fields.refuse("modalities") { $0 == .array([.string("text")]) }
    var more: [String: JSONValue] = [:]
    if let given = try fields.field("chat_template_kwargs") {
      let object = try given.object()
      for (key, value) in zip(object.keys, object.values) { more[key] = value }
    }
    let text = try format.text(of: elements.map { flattened($0.value) }, tools: tools, more)
    return model.texts.tokens(of: text, isRendered: true)
  }

  /// A message whose content is a list of texts gets them as one text: most templates know only that.
  private static func flattened(_ message: JSONValue) -> JSONValue {
    guard case .object(let object) = message, case .array(let parts)? = object["content"] else {
      return message
    }
    var texts: [String] = []
    for part in parts {
      guard case .object(let part) = part, part["type"] == .string("text"),
        case .string(let text)? = part["text"]
      else { return message }
      texts.append(text)
    }
    return .object(
      zip(object.keys, object.values).map { key, value in
        (key, key == "content" ? .string(texts.joined(separator: "\n")) : value)
      })
  }

  /// A text, tokens, or a list of either.
  private static func prompts(_ field: JSONField?, _ model: ServedModel) throws -> [[Int32]] {
    guard let field else { throw ServerError.invalid("'prompt' is missing", field: "prompt") }
    func tokens(_ elements: [JSONField]) throws -> [Int32] {
      try elements.map { Int32(try $0.integer(in: 0...Int(Int32.max))) }
    }
    if case .string(let text) = field.value { return [model.texts.tokens(of: text)] }
    let elements = try field.elements()
    guard elements.count <= 1 << 20 else {
      throw ServerError.invalid("'prompt' has too many elements", field: "prompt")
    }
    if case .integer? = elements.first?.value { return [try tokens(elements)] }
    guard !elements.isEmpty, elements.count <= mostTexts else {
      throw ServerError.invalid("'prompt' takes 1 to \(mostTexts) texts", field: "prompt")
    }
    return try elements.map { element in
      if case .string(let text) = element.value { return model.texts.tokens(of: text) }
      return try tokens(element.elements())
    }
  }

  private mutating func readOptions(_ fields: inout RequestFields, _ model: ServedModel) throws {
    let most = 1...Int(Int32.max)
    let fallback = isChat ? Int.max : 16
    let asked = try fields.integer("max_tokens", in: most)
    options.maximumTokens =
      try fields.integer("max_completion_tokens", in: most) ?? asked ?? fallback
    options.maximumTokens = min(options.maximumTokens, model.mostTokens)
    options.minimumTokens = try fields.integer("min_tokens", in: 0...Int(Int32.max)) ?? 0
    options.stopTokens = try fields.bool("ignore_eos") ? [] : model.texts.stopTokens
    if let stop = try fields.field("stop") {
      if case .string(let text) = stop.value {
        options.stopStrings = [text]
      } else {
        options.stopStrings = try stop.elements().map { try $0.string() }
      }
      guard options.stopStrings.count <= 16 else {
        throw ServerError.invalid("'stop' takes up to 16 texts", field: "stop")
      }
    }
    try readSampling(&fields)
    if isChat {
      let isWanted = try fields.bool("logprobs")
      let top = try fields.integer("top_logprobs", in: 0...20) ?? 0
      options.logProbabilities = isWanted ? top : nil
    } else {
      options.logProbabilities = try fields.integer("logprobs", in: 0...20)
    }
  }

  private mutating func readSampling(_ fields: inout RequestFields) throws {
    options.sampling.temperature = try fields.float("temperature") ?? 1
    options.sampling.topP = try fields.float("top_p") ?? 1
    options.sampling.topK = try fields.integer("top_k", in: 0...Int(Int32.max)) ?? 0
    options.sampling.minP = try fields.float("min_p") ?? 0
    options.sampling.typicalP = try fields.float("typical_p") ?? 1
    options.sampling.repetitionPenalty = try fields.float("repetition_penalty") ?? 1
    options.sampling.presencePenalty = try fields.float("presence_penalty") ?? 0
    options.sampling.frequencyPenalty = try fields.float("frequency_penalty") ?? 0
    options.sampling.seed =
      try fields.integer("seed", in: Int.min...Int.max).map { UInt64(bitPattern: Int64($0)) }
      ?? UInt64.random(in: 0...UInt64.max)
    if let bias = try fields.field("logit_bias") {
      let object = try bias.object()
      for key in object.keys {
        guard let token = Int32(key) else {
          throw ServerError.invalid("'logit_bias' has tokens' numbers as keys", field: "logit_bias")
        }
        let value = try bias.required(key, "a number").double()
        // -100 and 100 ban and force, by OpenAI's documentation.
        options.sampling.bias[token] = value <= -100 ? -.infinity : Float(value)
      }
    }
    try options.sampling.check()
  }
}
