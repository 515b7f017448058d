/// Why a session can't do what it was asked. The sequences are as they were.
public enum DecodingError: Error, CustomStringConvertible {
  /// The model has no entries to decode with.
  case noDecoder(model: String, entries: [String])
  /// An entry takes other inputs than a session gives.
  case inputs(entry: String, expected: [String], found: [String])
  /// An entry predicts something else.
  case output(entry: String, found: String)
  /// A state isn't a row for each token of each slot.
  case state(String, found: TensorType)
  /// A state's rows can't be stored so.
  case format(StateFormat, state: String, width: Int)
  /// The cache would take more memory than there is.
  case memory(needed: Int, limit: Int)
  /// A session without slots or without room.
  case extents(slots: Int, capacity: Int)
  /// There is no such slot.
  case slot(Int, count: Int)
  /// One call gives a slot two pieces.
  case slotTwice(Int)
  /// A piece without tokens.
  case noTokens(slot: Int)
  /// A sequence has no room for more tokens.
  case full(slot: Int, length: Int, more: Int, capacity: Int)
  /// A token that the model doesn't know.
  case token(Int32, vocabulary: Int)
  /// A slot doesn't have so many tokens.
  case length(Int, slot: Int, found: Int)
  /// A file isn't a sequence of this model.
  case file(path: String, expected: String, found: String)

  public var description: String {
    switch self {
    case .noDecoder(let model, let entries):
      "\(model) is no decoder: it has the entries \(entries.joined(separator: ", ")), and needs"
        + " 'prefill' and 'decode'"
    case .inputs(let entry, let expected, let found):
      "entry '\(entry)' must have the inputs \(expected.joined(separator: ", ")), found "
        + found.joined(separator: ", ")
    case .output(let entry, let found):
      "entry '\(entry)' must give f32[rows, vocabulary] first, found \(found)"
    case .state(let name, let found):
      "state '\(name)' must be f32[slots, capacity, width], found \(found)"
    case .format(let format, let name, let width):
      "state '\(name)' can't be stored as \(format): rows of \(width) elements are no multiple of"
        + " \(format.blocks?.elementsPerBlock ?? 1)"
    case .memory(let needed, let limit):
      "the cache takes \(needed >> 20) MiB, this process may take \(limit >> 20); give fewer slots,"
        + " less capacity, or another format"
    case .extents(let slots, let capacity):
      "a session needs at least 1 slot and 1 token of room, found \(slots) and \(capacity)"
    case .slot(let slot, let count): "slot \(slot) is none of the session's \(count)"
    case .slotTwice(let slot): "slot \(slot) is given twice in one call"
    case .noTokens(let slot): "slot \(slot) is given no tokens"
    case .full(let slot, let length, let more, let capacity):
      "slot \(slot) holds \(length) of \(capacity) tokens and has no room for \(more) more"
    case .token(let token, let vocabulary):
      "token \(token) is none of the model's \(vocabulary)"
    case .length(let length, let slot, let found):
      "slot \(slot) holds \(found) tokens, not \(length)"
    case .file(let path, let expected, let found):
      "\(path): expected \(expected), found \(found)"
    }
  }
}
