import ArgumentParser
import Weft

/// How texts are generated.
struct SamplingFlags: ParsableArguments {
  @Option(help: "How many tokens to generate at most.")
  var maxTokens = 128

  @Option(help: "What logits are divided by; 0 always takes the likeliest token.")
  var temperature: Float = 0

  @Option(help: "Keep so many of the likeliest tokens; 0 keeps all.")
  var topK = 0

  @Option(help: "Keep the likeliest tokens of this sum of probabilities.")
  var topP: Float = 1

  @Option(help: "Keep tokens at least this part as likely as the likeliest.")
  var minP: Float = 0

  @Option(help: "Keep tokens of typical information, of this sum of probabilities.")
  var typicalP: Float = 1

  @Option(help: "Divide the logits of tokens that were there already.")
  var repetitionPenalty: Float = 1

  @Option(help: "Take this from the logits of tokens that were generated.")
  var presencePenalty: Float = 0

  @Option(help: "Take this from a token's logit for each time that it was generated.")
  var frequencyPenalty: Float = 0

  @Option(help: "What draws hang on: the same seed gives the same text.")
  var seed: UInt64 = 0

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "End the text where this begins; may stand several times.", valueName: "text"))
  var stop: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Add to a token's logit; -inf bans it; may stand several times.", valueName: "id=number"))
  var bias: [String] = []

  @Flag(help: "Go on after tokens that end a text.")
  var ignoreEnd = false

  func validate() throws { try check { try options(stopTokens: []).check() } }

  private func check(_ body: () throws -> Void) throws {
    do { try body() } catch let error as GenerationError {
      throw ValidationError("\(error)")
    }
  }

  /// The options.
  func options(stopTokens: Set<Int32>) throws -> GenerationOptions {
    var options = GenerationOptions()
    options.maximumTokens = maxTokens
    options.stopStrings = stop
    options.stopTokens = ignoreEnd ? [] : stopTokens
    options.sampling.temperature = temperature
    options.sampling.topK = topK
    options.sampling.topP = topP
    options.sampling.minP = minP
    options.sampling.typicalP = typicalP
    options.sampling.repetitionPenalty = repetitionPenalty
    options.sampling.presencePenalty = presencePenalty
    options.sampling.frequencyPenalty = frequencyPenalty
    options.sampling.seed = seed
    for pair in bias {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let token = Int32(parts[0]), let value = Float(parts[1]) else {
        throw ValidationError("--bias needs id=number, found '\(pair)'")
      }
      options.sampling.bias[token] = value
    }
    return options
  }
}
