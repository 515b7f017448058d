import Executor
import Tensors

/// What generation asks of a model: sequences in slots of a cache, which grow by any tokens, lose
/// their ends and are copied.
///
/// A slot's logits must hang on its own tokens alone, so that a text is the same in any company.
public protocol TokenModel: Sendable {
  /// How many tokens the model knows.
  var vocabulary: Int { get }
  /// How many sequences stand in the cache.
  var slots: Int { get }
  /// How many tokens a sequence may have.
  var capacity: Int { get }
  /// How many tokens stand in `slot`.
  func length(of slot: Int) throws -> Int
  /// Appends each piece's tokens to its slot, all in one run, and gives the logits that each asks
  /// for: f32 [rows, vocabulary]. A call that throws leaves all sequences as they were.
  func advance(_ pieces: [TokenPiece], cancellation: Cancellation?) throws -> [Tensor]
  /// Drops the tokens of `slot` from `length` on.
  func truncate(_ slot: Int, to length: Int) throws
  /// Makes the first `length` tokens of `from` those of `to`.
  func copy(_ from: Int, to: Int, length: Int) throws
}

/// Tokens that one run appends to a sequence.
public struct TokenPiece: Sendable, Hashable {
  /// Which logits are wanted.
  public enum Wanted: Sendable, Hashable {
    /// None: no rows.
    case none
    /// Those after the last token: one row.
    case last
    /// Those after each token: a row for each.
    case all
  }

  /// The sequence's slot.
  public var slot: Int
  /// The tokens.
  public var tokens: [Int32]
  /// Which logits are wanted.
  public var wanted: Wanted

  /// A piece from its parts.
  public init(slot: Int, tokens: [Int32], wanted: Wanted) {
    self.slot = slot
    self.tokens = tokens
    self.wanted = wanted
  }

  /// How many rows of logits are wanted.
  public var rowCount: Int {
    switch wanted {
    case .none: 0
    case .last: min(1, tokens.count)
    case .all: tokens.count
    }
  }
}

extension Tensor {
  /// Row `i` of logits.
  func withRow<R, E: Error>(
    _ i: Int, _ body: (UnsafeBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    let width = dims[1]
    let start = (pointer + 4 * i * width).assumingMemoryBound(to: Float.self)
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeBufferPointer(start: start, count: width))
  }
}
