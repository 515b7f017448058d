/// Why a model can't write texts.
public enum TextModelError: Error, CustomStringConvertible {
  /// The model foretells no tokens.
  case noDecoder(String)
  /// No tokenizer is known.
  case noTokenizer
  /// The tokenizer has tokens that the model doesn't know.
  case vocabulary(tokenizer: Int, model: Int)
  /// The model has no chat template.
  case noTemplate
  /// The chat template can't be read or rendered.
  case template(source: String, ChatTemplateError)
  /// A file beside the weights isn't what it must be.
  case file(source: String, String)

  public var description: String {
    switch self {
    case .noDecoder(let name):
      "\(name) foretells no tokens: an entry with input_ids and logits is needed, or prefill and "
        + "decode"
    case .noTokenizer:
      "there is no tokenizer.json beside the weights; give one with --tokenizer"
    case .vocabulary(let tokenizer, let model):
      "the tokenizer has \(tokenizer) tokens, the model knows only \(model); is it this model's?"
    case .noTemplate:
      "there is no chat template beside the weights (chat_template.jinja, or chat_template in "
        + "tokenizer_config.json); give one with --template"
    case .template(let source, let error): "\(source):\(error)"
    case .file(let source, let message): "\(source): \(message)"
    }
  }
}
