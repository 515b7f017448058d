import Synchronization

/// A model that has no cache: each token computes the whole sequence again.
///
/// For graphs without the entries `prefill` and `decode`, and as what these are compared with. The
/// entry takes `input_ids` [batch, tokens] and gives `logits` [batch, tokens, vocabulary].
public final class WholeSequenceModel: TokenModel {
  /// How many tokens the model knows.
  public let vocabulary: Int
  /// How many sequences there may be.
  public let slots: Int
  /// How many tokens a sequence may have.
  public let capacity: Int
  private let entry: Entry
  private let tokens: Mutex<[[Int32]]>

  /// - Throws: ``TextModelError/noDecoder(_:)`` for an entry of other inputs or outputs.
  public init(_ entry: Entry, slots: Int = 1, capacity: Int) throws {
    guard entry.graph.inputs.map(\.name) == ["input_ids"],
      let output = entry.graph.outputs.first(where: { $0.name == "logits" }),
      case let type = entry.graph.type(of: output.value), type.dtype == .f32, type.rank == 3,
      let vocabulary = type.shape.dims[2].value
    else { throw TextModelError.noDecoder(entry.graph.name) }
    self.entry = entry
    self.vocabulary = vocabulary
    self.slots = slots
    self.capacity = capacity
    tokens = Mutex(Array(repeating: [], count: slots))
  }

  /// How many tokens stand in `slot`.
  public func length(of slot: Int) -> Int { tokens.withLock { $0[slot].count } }

  /// Drops the tokens of `slot` from `length` on.
  public func truncate(_ slot: Int, to length: Int) {
    tokens.withLock { $0[slot] = Array($0[slot].prefix(length)) }
  }

  /// Makes the first `length` tokens of `from` those of `to`.
  public func copy(_ from: Int, to: Int, length: Int) {
    tokens.withLock { $0[to] = Array($0[from].prefix(length)) }
  }

  /// Appends each piece's tokens to its slot and gives the logits that each asks for.
  public func advance(_ pieces: [TokenPiece], cancellation: Cancellation?) throws -> [Tensor] {
    let before = tokens.withLock { $0 }
    let results = try pieces.map { piece in
      let row = before[piece.slot] + piece.tokens
      guard row.count <= capacity else {
        throw GenerationError.tooLong(tokens: row.count, capacity: capacity)
      }
      let rows = piece.rowCount
      guard rows > 0 else { return try Tensor(zeros: .f32, dims: [0, vocabulary]) }
      let outputs = try entry.run(
        ["input_ids": try Tensor(i32: row, dims: [1, row.count])], cancellation: cancellation)
      guard let logits = outputs["logits"] else { throw TextModelError.noDecoder(entry.name) }
      return try Tensor(
        dtype: .f32, dims: [rows, vocabulary], storage: logits.storage,
        byteOffset: logits.byteOffset + (row.count - rows) * vocabulary * 4)
    }
    tokens.withLock { tokens in
      for piece in pieces { tokens[piece.slot] += piece.tokens }
    }
    return results
  }
}
