import Executor
import Synchronization
import Tensors

@testable import Generation

/// A model whose logits are a hash of a slot's last tokens: every mistake in the cache changes them.
final class HashModel: TokenModel {
  let vocabulary: Int
  let slots: Int
  let capacity: Int
  /// How many tokens the logits hang on; few make texts that repeat themselves.
  let memory: Int
  let state: Mutex<State>

  struct State {
    var tokens: [[Int32]]
    var runs: [[TokenPiece]] = []
    var fails = false
    /// The piece whose logits have another width than the vocabulary.
    var wrong: Int?
  }

  init(vocabulary: Int = 50, slots: Int = 1, capacity: Int = 256, memory: Int = 8) {
    self.vocabulary = vocabulary
    self.slots = slots
    self.capacity = capacity
    self.memory = memory
    state = Mutex(State(tokens: Array(repeating: [], count: slots)))
  }

  struct Failure: Error {}

  var runs: [[TokenPiece]] { state.withLock { $0.runs } }

  func length(of slot: Int) -> Int { state.withLock { $0.tokens[slot].count } }

  func truncate(_ slot: Int, to length: Int) throws {
    try state.withLock {
      guard length <= $0.tokens[slot].count else { throw Failure() }
      $0.tokens[slot].removeSubrange(length...)
    }
  }

  func copy(_ from: Int, to: Int, length: Int) throws {
    try state.withLock {
      guard length <= $0.tokens[from].count else { throw Failure() }
      $0.tokens[to] = Array($0.tokens[from].prefix(length))
    }
  }

  func advance(_ pieces: [TokenPiece], cancellation: Cancellation?) throws -> [Tensor] {
    try state.withLock { state in
      if state.fails || cancellation?.isCancelled ?? false { throw Failure() }
      state.runs.append(pieces)
      return try pieces.enumerated().map { place, piece in
        guard !piece.tokens.isEmpty, state.tokens[piece.slot].count + piece.tokens.count <= capacity
        else { throw Failure() }
        var rows: [Float] = []
        for (i, token) in piece.tokens.enumerated() {
          state.tokens[piece.slot].append(token)
          if piece.wanted == .all || (piece.wanted == .last && i == piece.tokens.count - 1) {
            rows += logits(after: state.tokens[piece.slot])
          }
        }
        if place == state.wrong { return try Tensor(dims: [1, 1], floats: [0]) }
        return try Tensor(dims: [piece.rowCount, vocabulary], floats: rows)
      }
    }
  }

  func logits(after tokens: [Int32]) -> [Float] {
    var seed: UInt64 = UInt64(min(tokens.count, memory))
    for token in tokens.suffix(memory) { seed = seed &* 1_000_003 &+ UInt64(token) &+ 1 }
    let draws = SeededDraws(seed: seed)
    return (0..<vocabulary).map { Float(draws.uniform(at: $0)) * 6 - 3 }
  }
}

/// Greedy choice from the definition: no cache, no batch, no drafts.
func plainText(_ model: HashModel, _ prompt: [Int32], _ options: GenerationOptions) throws
  -> [Int32]
{
  var history = TokenHistory(prompt: prompt)
  var sampler = try Sampler(options.sampling)
  while history.generatedCount < options.maximumTokens {
    let token = try model.logits(after: history.tokens).withUnsafeBufferPointer {
      row throws(GenerationError) in
      try sampler.choose(row, after: history)
    }
    if options.stopTokens.contains(token) { break }
    history.append(token)
  }
  return Array(history.generated)
}
