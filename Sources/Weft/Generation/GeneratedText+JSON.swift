extension GeneratedText {
  /// An object with `text`, `finish_reason`, `tokens`, `counts` and, where they were asked for,
  /// `logprobs`.
  public func json(prompt: String? = nil, tokenizer: Tokenizer) -> JSONValue {
    var object = JSONObject()
    func add(_ name: String, _ value: JSONValue) { _ = object.append(name, value) }
    if let prompt { add("prompt", .string(prompt)) }
    add("text", .string(text))
    add("finish_reason", .string(finish.word))
    if case .failed(let error) = finish { add("error", .string("\(error)")) }
    add("tokens", .array(tokens.map { .integer(Int($0.id)) }))
    let probabilities = tokens.compactMap { $0.logProbabilities?.json(tokenizer) }
    if !probabilities.isEmpty { add("logprobs", .array(probabilities)) }
    add("counts", counts.json)
    return .object(object)
  }
}

extension GenerationCounts {
  /// An object with a number for each.
  public var json: JSONValue {
    var object = JSONObject()
    for (name, count) in [
      ("prompt", prompt), ("reused", reused), ("generated", generated), ("drafted", drafted),
      ("accepted", accepted), ("runs", runs),
    ] {
      _ = object.append(name, .integer(count))
    }
    return .object(object)
  }
}

extension LogProbabilities {
  /// An object with `token`, `id`, `logprob` and `top_logprobs`.
  public func json(_ tokenizer: Tokenizer) -> JSONValue {
    func entry(_ entry: Entry) -> JSONObject {
      var object = JSONObject()
      _ = object.append("token", .string(tokenizer.text(of: entry.token)))
      _ = object.append("id", .integer(Int(entry.token)))
      _ = object.append("logprob", .number(Double(entry.value)))
      return object
    }
    var object = entry(chosen)
    _ = object.append("top_logprobs", .array(top.map { .object(entry($0)) }))
    return .object(object)
  }
}

extension Tokenizer {
  /// A token's text alone, special ones too; a part of a character is U+FFFD.
  public func text(of token: Int32) -> String {
    decode([Int(token)], skipSpecialTokens: false)
  }
}

extension Tokenizer {
  /// The text of `tokens` as it goes on after `prompt`, without special tokens.
  public func continuation(of prompt: [Int32], _ tokens: [Int32]) -> String {
    var stream = stream()
    for token in prompt.suffix(8) { _ = stream.append(Int(token)) }
    return tokens.map { stream.append(Int($0)) }.joined() + stream.finish()
  }
}
