import Executor
import Tensors
import Tokenizers

/// Generates many texts at once: they join and leave between two steps, whatever their lengths.
///
/// Each step is one run of the model. It takes the next token of every text that is being generated,
/// with drafts where there are some, and fills up with parts of prompts, those that wait longest
/// first, so that a long prompt holds nobody up. A text is the same in any company.
///
/// An engine has one owner, who calls ``step(cancellation:)`` until ``isIdle``.
public final class GenerationEngine {
  /// The model.
  public let model: any TokenModel
  /// What turns tokens into text; nil where only tokens are wanted.
  public let tokenizer: Tokenizer?
  /// Tokens that one step takes at most, where there are prompts to read.
  public let stepTokens: Int
  private let drafting: Drafting
  private var draftModel: DraftModel?
  private var slots: SlotTable
  /// All sequences that haven't ended, in the order of their making; those without a slot wait.
  private var sequences: [GrowingText] = []
  private var made = 0
  private var finished: [SequenceID: GenerationCounts] = [:]
  private var cancelled: [SequenceID: FinishReason] = [:]
  /// What became of sequences and nobody was told yet.
  private var untold: [GenerationEvent] = []
  /// What all ended sequences took.
  public private(set) var counts = GenerationCounts()

  /// An engine for `model`.
  ///
  /// - Throws: ``GenerationError/draftVocabulary(expected:found:)`` for a draft model of other tokens.
  public init(
    _ model: any TokenModel, tokenizer: Tokenizer? = nil, drafting: Drafting = .none,
    stepTokens: Int = 256
  ) throws(GenerationError) {
    self.model = model
    self.tokenizer = tokenizer
    self.drafting = drafting
    self.stepTokens = max(1, stepTokens)
    slots = SlotTable(count: model.slots)
    if case .model(let draft, let most) = drafting {
      guard draft.vocabulary == model.vocabulary, draft.slots >= model.slots else {
        throw .draftVocabulary(expected: model.vocabulary, found: draft.vocabulary)
      }
      draftModel = DraftModel(draft, most: most)
    }
  }

  /// Whether nothing is left to do.
  public var isIdle: Bool { sequences.isEmpty && untold.isEmpty }

  /// How many sequences are being generated.
  public var activeCount: Int { sequences.count { $0.slot != nil } }

  /// How many sequences wait for a slot.
  public var waitingCount: Int { sequences.count { $0.slot == nil } }

  /// Adds a text that goes on from `prompt`; it joins as soon as a slot is free.
  ///
  /// - Throws: ``GenerationError`` for a prompt without tokens or with unknown ones, options that mean
  ///   nothing, and a text for which the cache has no room.
  @discardableResult
  public func add(_ prompt: [Int32], _ options: GenerationOptions) throws(GenerationError)
    -> SequenceID
  {
    try check(prompt, options)
    made += 1
    let id = SequenceID(number: made)
    sequences.append(try GrowingText(id, prompt: prompt, options, tokenizer: tokenizer))
    return id
  }

  /// Refuses what ``add(_:_:)`` would.
  public func check(_ prompt: [Int32], _ options: GenerationOptions) throws(GenerationError) {
    try GenerationEngine.check(
      prompt, options, vocabulary: model.vocabulary, capacity: model.capacity)
  }

  /// Refuses what no engine of a model of this size could do.
  static func check(
    _ prompt: [Int32], _ options: GenerationOptions, vocabulary: Int, capacity: Int
  ) throws(GenerationError) {
    try options.check()
    guard !prompt.isEmpty else { throw .emptyPrompt }
    if let wrong = prompt.first(where: { !(0..<vocabulary).contains(Int($0)) }) {
      throw .token(wrong, vocabulary: vocabulary)
    }
    // The last token is never fed.
    let (tokens, overflow) = prompt.count.addingReportingOverflow(options.maximumTokens - 1)
    guard !overflow, tokens <= capacity else {
      throw .tooLong(tokens: overflow ? .max : tokens, capacity: capacity)
    }
  }

  /// Ends a sequence with the next step.
  public func cancel(_ id: SequenceID, _ reason: FinishReason = .cancelled) {
    cancelled[id] = reason
  }

  /// What a sequence took, once it has ended; asked for once.
  public func takeCounts(of id: SequenceID) -> GenerationCounts? {
    finished.removeValue(forKey: id)
  }

  /// Advances all sequences, and says what became of each that changed.
  ///
  /// A run that fails or is cancelled leaves the sequences as they were. Where it is its result that is
  /// wrong, what became of the sequences before is said by the next call, or by ``endAll(_:)``.
  public func step(cancellation: Cancellation? = nil) throws -> [GenerationEvent] {
    // Said by themselves: a run that fails must not take them along.
    untold += endCancelled()
    guard untold.isEmpty else { return takeUntold() }
    try admit()
    let work = try plan(cancellation)
    guard !work.isEmpty else { return [] }
    let results = try model.advance(work.map(\.piece), cancellation: cancellation)
    defer { sequences.removeAll { $0.finish != nil } }
    for (item, logits) in zip(work, results) {
      let expected = [item.piece.rowCount, model.vocabulary]
      guard item.piece.rowCount == 0 || (logits.dims == expected && logits.dtype == .f32) else {
        throw GenerationError.logits(expected: expected, found: logits.dims)
      }
      try finish(item, logits)
    }
    return takeUntold()
  }

  private func takeUntold() -> [GenerationEvent] {
    defer { untold = [] }
    return untold
  }

  /// Ends all sequences, such as after an error.
  public func endAll(_ reason: FinishReason) -> [GenerationEvent] {
    defer { sequences = [] }
    return takeUntold() + sequences.indices.map { end($0, reason) }
  }

  private func end(_ i: Int, _ reason: FinishReason) -> GenerationEvent {
    var event = GenerationEvent(sequences[i].id)
    sequences[i].end(reason, &event)
    close(i)
    return event
  }

  private func close(_ i: Int) {
    if let slot = sequences[i].slot { slots.release(slot) }
    finished[sequences[i].id] = sequences[i].counts
    counts = counts + sequences[i].counts
  }

  private func endCancelled() -> [GenerationEvent] {
    guard !cancelled.isEmpty else { return [] }
    defer { cancelled = [:] }
    var events: [GenerationEvent] = []
    for i in sequences.indices {
      if let reason = cancelled[sequences[i].id] { events.append(end(i, reason)) }
    }
    sequences.removeAll { $0.finish != nil }
    return events
  }

  private func admit() throws {
    for i in sequences.indices where sequences[i].slot == nil {
      guard slots.hasFree,
        let (slot, length) = try slots.take(for: sequences[i].history.tokens, in: model)
      else { return }
      sequences[i].slot = slot
      sequences[i].fed = length
      sequences[i].counts.reused = length
    }
  }
}

/// What one step does.
extension GenerationEngine {
  /// Tokens of one sequence that a step runs.
  private struct Work {
    var index: Int
    var piece: TokenPiece
    /// The tokens at the end of the piece that are only guessed.
    var draft: [Int32] = []
  }

  private func plan(_ cancellation: Cancellation?) throws -> [Work] {
    var work: [Work] = []
    var budget = stepTokens
    var readers: [Int] = []
    for i in sequences.indices {
      guard let slot = sequences[i].slot else { continue }
      guard sequences[i].missing.count == 1 else {
        readers.append(i)
        continue
      }
      let draft = try draft(for: i, slot: slot, cancellation)
      let tokens = sequences[i].missing + draft
      budget -= tokens.count
      work.append(
        Work(
          index: i,
          piece: TokenPiece(
            slot: slot, tokens: Array(tokens), wanted: draft.isEmpty ? .last : .all),
          draft: draft))
    }
    for i in readers {
      guard let slot = sequences[i].slot else { continue }
      // At least one token for the first, so that prompts are read however many texts go on.
      let count = min(sequences[i].missing.count, max(budget, i == readers.first ? 1 : 0))
      guard count > 0 else { break }
      budget -= count
      let isLast = count == sequences[i].missing.count
      work.append(
        Work(
          index: i,
          piece: TokenPiece(
            slot: slot, tokens: Array(sequences[i].missing.prefix(count)),
            wanted: isLast ? .last : .none)))
    }
    return work
  }

  private func draft(for i: Int, slot: Int, _ cancellation: Cancellation?) throws -> [Int32] {
    let sequence = sequences[i]
    // A draft is of use only where a token may follow it.
    let room = min(sequence.room - 1, model.capacity - sequence.history.tokens.count)
    guard room > 0 else { return [] }
    switch drafting {
    case .none: return []
    case .promptLookup(let lookup):
      return Array(lookup.draft(after: sequence.history.tokens).prefix(room))
    case .model(_, let most):
      return try draftModel?.draft(
        after: sequence.history, slot: slot, sequence.options.sampling, count: min(most, room),
        cancellation: cancellation) ?? []
    }
  }

  private func finish(_ work: Work, _ logits: Tensor) throws {
    let (i, slot) = (work.index, work.piece.slot)
    slots.append(work.piece.tokens, to: slot)
    sequences[i].counts.runs += 1
    guard work.piece.wanted != .none else {
      sequences[i].fed += work.piece.tokens.count
      return
    }
    var event = GenerationEvent(sequences[i].id)
    let certain = work.piece.tokens.count - work.draft.count
    var accepted = 0
    for row in 0..<work.piece.rowCount {
      logits.withRow(row) { sequences[i].advance($0, &event) }
      guard sequences[i].finish == nil, row < work.draft.count,
        sequences[i].history.tokens.last == work.draft[row]
      else { break }
      accepted += 1
    }
    sequences[i].fed += certain + accepted
    sequences[i].counts.drafted += work.draft.count
    sequences[i].counts.accepted += accepted
    untold.append(event)
    defer { if sequences[i].finish != nil { close(i) } }
    try slots.truncate(slot, to: sequences[i].fed, in: model)
  }
}
