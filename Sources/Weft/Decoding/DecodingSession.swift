import Foundation
import Synchronization

/// Sequences that grow token by token: a decoder's cache of keys and values, and what it predicts.
///
/// ```swift
/// let session = try DecodingSession(model, capacity: 1024)
/// let logits = try session.advance([.init(slot: 0, tokens: prompt, logits: .last)])[0]
/// ```
///
/// Each sequence has a slot. What is appended to any of them in one call goes through the model
/// together, in one row without padding. The model is one with the entries `prefill` and `decode`
/// (Docs/Decoding.md). A session may be used from any thread; calls wait for each other.
public final class DecodingSession: Sendable {
  /// What a call is to predict.
  public enum Logits: Sendable {
    /// Nothing: only the cache is filled.
    case none
    /// What follows the last token.
    case last
    /// What follows each token.
    case all
  }

  /// Tokens to append to a slot.
  public struct Piece: Sendable {
    /// The sequence.
    public var slot: Int
    /// The tokens, in order; at least one.
    public var tokens: [Int32]
    /// What is to be predicted.
    public var logits: Logits

    /// A piece from its parts.
    public init(slot: Int, tokens: [Int32], logits: Logits = .last) {
      self.slot = slot
      self.tokens = tokens
      self.logits = logits
    }
  }

  /// Most tokens that go through the model at once: longer prompts follow one another in parts, so that
  /// the arena stays small and prompts of many lengths share plans.
  public static let partCount = 512

  /// How many sequences there may be.
  public let slots: Int
  /// Tokens that each may have at most.
  public let capacity: Int
  /// How keys and values are stored.
  public let format: StateFormat
  /// The number of tokens that are known: the width of what is predicted.
  public let vocabulary: Int
  /// Bytes that the cache takes when it is full.
  public let byteCount: Int
  let model: Model
  private let prefill: DecodingEntry
  private let decode: DecodingEntry
  let cache: Mutex<DecodingCache>

  /// A session of empty sequences.
  ///
  /// - Parameters:
  ///   - model: a decoder with weights.
  ///   - slots: how many sequences there may be.
  ///   - capacity: tokens that each may have at most; memory is taken as it is used.
  ///   - format: how keys and values are stored; nil: as the model was told.
  /// - Throws: ``DecodingError`` for a model that is no decoder, or a cache that doesn't fit.
  public init(
    _ model: Model, slots: Int = 1, capacity: Int, format: StateFormat? = nil
  ) throws {
    guard slots >= 1, capacity >= 1 else {
      throw DecodingError.extents(slots: slots, capacity: capacity)
    }
    self.model = model
    self.slots = slots
    self.capacity = capacity
    self.format = format ?? model.shared.states
    decode = try DecodingEntry("decode", of: model)
    prefill = try DecodingEntry("prefill", of: model)
    vocabulary = decode.vocabulary
    let made = try DecodingCache(
      [prefill, decode].flatMap(\.graph.states), slots: slots, capacity: capacity,
      format: self.format)
    byteCount = made.byteCount
    cache = Mutex(made)
  }

  /// Elements of a row of each state.
  public var rowWidths: [Int] { cache.withLock { $0.states.map(\.width) } }

  /// The tokens of a slot whose keys and values stand in the cache.
  public func tokens(of slot: Int) throws(DecodingError) -> [Int32] {
    try check(slot)
    return cache.withLock { $0.tokens[slot] }
  }

  /// The number of tokens of a slot.
  public func length(of slot: Int) throws(DecodingError) -> Int { try tokens(of: slot).count }

  /// Forgets what stands in a slot from token `length` on.
  public func truncate(_ slot: Int, to length: Int) throws(DecodingError) {
    try check(slot)
    try cache.withLock { cache throws(DecodingError) in
      try cache.check(length, of: slot)
      cache.tokens[slot].removeSubrange(length...)
    }
  }

  /// Makes slot `target` the first `length` tokens of slot `source`.
  public func copy(_ source: Int, to target: Int, length: Int) throws(DecodingError) {
    try check(source)
    try check(target)
    try cache.withLock { cache throws(DecodingError) in
      try cache.check(length, of: source)
      cache.copy(source, to: target, length: length)
    }
  }

  /// Appends tokens to slots, and gives for each piece what was asked for: f32 [rows, vocabulary], in
  /// the order of the pieces.
  ///
  /// A call that throws leaves all sequences as they were.
  ///
  /// - Throws: ``DecodingError`` for a slot that isn't there, stands twice or has no room left.
  public func advance(_ pieces: [Piece], cancellation: Cancellation? = nil) throws -> [Tensor] {
    try cache.withLock { cache in
      try check(pieces, cache)
      let before = cache.tokens.map(\.count)
      var results = pieces.map { _ in [Tensor]() }
      do {
        for part in DecodingPart.parts(of: pieces, most: Self.partCount) {
          let logits = try run(part, &cache, cancellation)
          for (piece, rows) in part.wanted(logits) { results[piece].append(try rows.get()) }
          for span in part.spans { cache.tokens[span.slot] += span.tokens }
        }
        return try results.map { try Tensor.joiningRows($0, width: vocabulary) }
      } catch {
        for (slot, count) in before.enumerated() { cache.tokens[slot].removeSubrange(count...) }
        throw error
      }
    }
  }

  private func run(
    _ part: DecodingPart, _ cache: inout DecodingCache, _ cancellation: Cancellation?
  ) throws -> Tensor {
    let entry = part.wantsAll ? decode : prefill
    let bindings = part.bindings(slots: slots, capacity: capacity, rows: !part.wantsAll)
    let planned = try entry.entry.plan(for: bindings, states: format)
    let inputs = try part.inputs(
      of: entry.graph, after: cache.tokens.map(\.count))
    return try entry.entry.run(
      planned, inputs, states: cache.storages(for: planned.plan), cancellation: cancellation)[0]
  }

  func check(_ slot: Int) throws(DecodingError) {
    guard (0..<slots).contains(slot) else { throw .slot(slot, count: slots) }
  }

  private func check(_ pieces: [Piece], _ cache: DecodingCache) throws(DecodingError) {
    var seen: Set<Int> = []
    for piece in pieces {
      try check(piece.slot)
      guard seen.insert(piece.slot).inserted else { throw .slotTwice(piece.slot) }
      guard !piece.tokens.isEmpty else { throw .noTokens(slot: piece.slot) }
      let length = cache.tokens[piece.slot].count
      guard piece.tokens.count <= capacity - length else {
        throw .full(
          slot: piece.slot, length: length, more: piece.tokens.count, capacity: capacity)
      }
      if let wrong = piece.tokens.first(where: { !(0..<vocabulary).contains(Int($0)) }) {
        throw .token(wrong, vocabulary: vocabulary)
      }
    }
  }
}
