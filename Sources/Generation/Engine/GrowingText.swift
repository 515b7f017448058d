import Tensors
import Tokenizers

/// A text that an engine generates: what it is so far, and how it goes on.
struct GrowingText {
  let id: SequenceID
  let options: GenerationOptions
  private(set) var history: TokenHistory
  /// Where it stands in the cache; nil while it waits.
  var slot: Int?
  /// How many of its tokens stand in the cache.
  var fed = 0
  var counts = GenerationCounts()
  private(set) var finish: FinishReason?
  private var sampler: Sampler
  private var stream: TokenStream?
  private var stops: StopStrings

  init(
    _ id: SequenceID, prompt: [Int32], _ options: GenerationOptions, tokenizer: Tokenizer?
  ) throws(GenerationError) {
    self.id = id
    self.options = options
    history = TokenHistory(prompt: prompt)
    sampler = try Sampler(options.sampling)
    stops = StopStrings(options.stopStrings)
    stream = tokenizer?.stream(skipSpecialTokens: options.skipsSpecialTokens)
    counts.prompt = prompt.count
    if options.continuesPrompt {
      // How a token is written hangs on the few before it.
      for token in prompt.suffix(8) { _ = stream?.append(Int(token)) }
    }
  }

  /// Tokens that stand in no cache yet; the last of them gives the next one.
  var missing: ArraySlice<Int32> { history.tokens[fed...] }

  /// How many tokens it may still get.
  var room: Int { options.maximumTokens - history.generatedCount }

  /// Chooses the next token from a row of logits and adds it.
  mutating func advance(_ logits: UnsafeBufferPointer<Float>, _ event: inout GenerationEvent) {
    let isEarly = history.generatedCount < options.minimumTokens
    do throws(GenerationError) {
      let token = try sampler.choose(
        logits, after: history, excluding: isEarly ? options.stopTokens : [])
      append(token, logits, &event)
    } catch {
      end(.failed(error), &event)
    }
  }

  private mutating func append(
    _ token: Int32, _ logits: UnsafeBufferPointer<Float>, _ event: inout GenerationEvent
  ) {
    history.append(token)
    counts.generated += 1
    if options.stopTokens.contains(token) { return end(.stopToken(token), &event) }
    event.tokens.append(
      GeneratedToken(
        id: token,
        logProbabilities: options.logProbabilities.map {
          LogProbabilities(of: token, top: $0, in: logits)
        }))
    if let text = stream?.append(Int(token)) { event.text += stops.append(text) }
    if let found = stops.found {
      end(.stopString(found), &event)
    } else if room == 0 {
      end(.length, &event)
    }
  }

  /// Ends the text.
  mutating func end(_ reason: FinishReason, _ event: inout GenerationEvent) {
    var reason = reason
    if stops.found == nil {
      event.text += stops.append(stream?.finish() ?? "")
      if let found = stops.found { reason = .stopString(found) }
      event.text += stops.finish()
    }
    finish = reason
    event.finish = reason
  }
}
