import Foundation
import Testing
import Weft

/// Sequences token by token over a cache, against the same sequences whole.
@Suite struct `Decoding sessions` {
  static let decoders = ["gpt2", "llama"].compactMap { try? Reference.named($0) }
  static let tolerance = 2e-5

  /// The rows of a reference's batch as sequences, with the logits that PyTorch gave.
  private func sequences(
    _ reference: Reference
  ) throws -> [(tokens: [Int32], logits: Tensor)] {
    let ids = try #require(try reference.inputs()["input_ids"])
    let logits = try #require(try reference.outputs()["logits"])
    let (count, vocabulary) = (ids.dims[1], logits.dims[2])
    return try (0..<ids.dims[0]).map { row in
      let tokens = (0..<count).map { Int32(ids.integer(at: row * count + $0)) }
      let start = row * count * vocabulary
      return (
        tokens,
        try Tensor(
          .f32, dims: [count, vocabulary],
          doubles: Array(logits.doubles[start..<start + count * vocabulary]))
      )
    }
  }

  private func row(_ tensor: Tensor, _ i: Int) throws -> Tensor {
    let width = tensor.dims[1]
    return try Tensor(
      .f32, dims: [1, width], doubles: Array(tensor.doubles[i * width..<(i + 1) * width]))
  }

  @Test(arguments: decoders)
  func `token by token equals the whole sequence at once`(_ reference: Reference) throws {
    let session = try DecodingSession(reference.model(), slots: 2, capacity: 16)
    for (slot, (tokens, expected)) in try sequences(reference).enumerated() {
      for (i, token) in tokens.enumerated() {
        let found = try session.advance([.init(slot: slot, tokens: [token])])[0]
        #expect(largestDifference(found, try row(expected, i)) <= Self.tolerance, "\(slot), \(i)")
      }
      #expect(try session.tokens(of: slot) == tokens)
    }
  }

  @Test(arguments: decoders)
  func `sequences in uneven pieces side by side equal themselves alone`(
    _ reference: Reference
  ) throws {
    let sequences = try sequences(reference)
    let session = try DecodingSession(reference.model(), slots: 3, capacity: 16)
    var rest = sequences.map { $0.tokens[...] }
    for sizes in [(3, 1), (1, 5), (0, 2), (5, 1), (2, 2), (9, 9)] {
      let sizes = [sizes.0, sizes.1]
      // Slots in another order than sequences.
      let pieces = (0..<2).filter { sizes[$0] > 0 && !rest[$0].isEmpty }.map { i in
        DecodingSession.Piece(slot: 2 - i, tokens: Array(rest[i].prefix(sizes[i])), logits: .all)
      }
      if pieces.isEmpty { continue }
      let found = try session.advance(pieces)
      for (piece, logits) in zip(pieces, found) {
        let i = 2 - piece.slot
        for t in 0..<piece.tokens.count {
          let expected = try row(sequences[i].logits, rest[i].startIndex + t)
          #expect(largestDifference(try row(logits, t), expected) <= Self.tolerance)
        }
        rest[i] = rest[i].dropFirst(piece.tokens.count)
      }
    }
    #expect(rest.allSatisfy { $0.isEmpty })
  }

  @Test(arguments: decoders)
  func `only what is asked for is predicted`(_ reference: Reference) throws {
    let sequences = try sequences(reference)
    let session = try DecodingSession(reference.model(), slots: 2, capacity: 16)
    let found = try session.advance([
      .init(slot: 0, tokens: sequences[0].tokens, logits: .last),
      .init(slot: 1, tokens: sequences[1].tokens, logits: .none),
    ])
    #expect(found[1].dims == [0, session.vocabulary])
    let last = try row(sequences[0].logits, sequences[0].tokens.count - 1)
    #expect(largestDifference(found[0], last) <= Self.tolerance)
    #expect(try session.length(of: 1) == sequences[1].tokens.count)
  }

  @Test(arguments: decoders)
  func `what is cut off or copied goes on as if it had never been otherwise`(
    _ reference: Reference
  ) throws {
    let (tokens, expected) = try sequences(reference)[0]
    let session = try DecodingSession(reference.model(), slots: 2, capacity: 16)
    _ = try session.advance([.init(slot: 0, tokens: Array(tokens.prefix(4)) + [1, 2, 3])])
    try session.truncate(0, to: 4)
    try session.copy(0, to: 1, length: 4)
    for slot in 0..<2 {
      let found = try session.advance([
        .init(slot: slot, tokens: Array(tokens.dropFirst(4)), logits: .last)
      ])[0]
      #expect(
        largestDifference(found, try row(expected, tokens.count - 1)) <= Self.tolerance, "\(slot)")
    }
  }

  @Test(arguments: decoders)
  func `any number of threads gives the same bytes`(_ reference: Reference) throws {
    let sequences = try sequences(reference)
    func logits(threads: Int) throws -> [[UInt8]] {
      let session = try DecodingSession(
        reference.model(threads: threads), slots: 2, capacity: 16, format: .f16)
      let first = try session.advance(
        sequences.enumerated().map { .init(slot: $0, tokens: Array($1.tokens.prefix(9))) })
      let second = try session.advance([.init(slot: 1, tokens: [sequences[1].tokens[9]])])
      return (first + second).map { $0.withUnsafeBytes(Array.init) }
    }
    let expected = try logits(threads: 1)
    for threads in [2, 5] { #expect(try logits(threads: threads) == expected) }
  }

  @Test(arguments: [StateFormat.f16, .q8])
  func `a cache in fewer bits predicts nearly the same`(_ format: StateFormat) throws {
    let reference = try Reference.named("llama")
    let (tokens, expected) = try sequences(reference)[0]
    let model = try reference.model()
    if format == .q8,
      try DecodingSession(model, capacity: 1).rowWidths.contains(where: { $0 % 32 != 0 })
    {
      #expect(throws: DecodingError.self) {
        try DecodingSession(model, capacity: 16, format: format)
      }
      return
    }
    let session = try DecodingSession(model, capacity: 16, format: format)
    let found = try session.advance([.init(slot: 0, tokens: tokens, logits: .all)])[0]
    // Keys and values are of the size of 1: their rounding is what differs.
    #expect(largestDifference(found, expected) <= (format == .f16 ? 1e-3 : 2e-2))
  }

  @Test func `what a session can't do is refused and changes nothing`() throws {
    let reference = try Reference.named("gpt2")
    let model = try reference.model()
    let session = try DecodingSession(model, slots: 2, capacity: 4)
    _ = try session.advance([.init(slot: 0, tokens: [1, 2, 3])])
    let wrong: [(String, [DecodingSession.Piece])] = [
      ("holds 3 of 4 tokens and has no room for 2 more", [.init(slot: 0, tokens: [4, 5])]),
      ("slot 2 is none", [.init(slot: 2, tokens: [4])]),
      ("slot 1 is given twice", [.init(slot: 1, tokens: [4]), .init(slot: 1, tokens: [4])]),
      ("given no tokens", [.init(slot: 1, tokens: [])]),
      ("token 96 is none of the model's 96", [.init(slot: 1, tokens: [96])]),
      ("token -1 is none", [.init(slot: 1, tokens: [-1])]),
    ]
    for (message, pieces) in wrong {
      let error = #expect(throws: DecodingError.self) { try session.advance(pieces) }
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
    #expect(throws: DecodingError.self) { try session.truncate(0, to: 4) }
    #expect(throws: DecodingError.self) { try session.copy(1, to: 0, length: 1) }
    let cancelled = Cancellation()
    cancelled.cancel()
    #expect(throws: ExecutionError.cancelled) {
      try session.advance([.init(slot: 1, tokens: [5])], cancellation: cancelled)
    }
    #expect(try session.tokens(of: 0) == [1, 2, 3])
    #expect(try session.tokens(of: 1).isEmpty)
    #expect(throws: DecodingError.self) { try DecodingSession(model, slots: 0, capacity: 4) }
    #expect(throws: DecodingError.self) { try DecodingSession(model, capacity: 1 << 40) }
    #expect(throws: DecodingError.self) {
      try DecodingSession(Reference.named("bert").model(), capacity: 4)
    }
  }

  @Test(arguments: [StateFormat.f32, .f16])
  func `a sequence that was saved goes on elsewhere`(_ format: StateFormat) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "sequence.safetensors")
    let reference = try Reference.named("llama")
    let (tokens, _) = try sequences(reference)[0]
    let model = try reference.model()
    let session = try DecodingSession(model, slots: 2, capacity: 16, format: format)
    _ = try session.advance([.init(slot: 1, tokens: Array(tokens.prefix(7)))])
    try session.save(1, to: file)
    let expected = try session.advance([.init(slot: 1, tokens: [tokens[7]])])[0]

    let other = try DecodingSession(reference.model(), slots: 3, capacity: 8, format: format)
    _ = try other.advance([.init(slot: 2, tokens: [1, 2])])
    try other.restore(2, from: file)
    #expect(try other.tokens(of: 2) == Array(tokens.prefix(7)))
    let found = try other.advance([.init(slot: 2, tokens: [tokens[7]])])[0]
    #expect(bytes(["": found]) == bytes(["": expected]))

    // Of another model, in another format, without room, or no sequence at all.
    let wrong = [
      try DecodingSession(Reference.named("gpt2").model(), capacity: 16, format: format),
      try DecodingSession(model, capacity: 16, format: format == .f32 ? .f16 : .f32),
      try DecodingSession(model, capacity: 6, format: format),
    ]
    for session in wrong {
      _ = try session.advance([.init(slot: 0, tokens: [1])])
      #expect(throws: DecodingError.self) { try session.restore(0, from: file) }
      #expect(try session.tokens(of: 0) == [1])
    }
    let weights = reference.folder.appending(path: "model.safetensors")
    #expect(throws: DecodingError.self) { try other.restore(0, from: weights) }
    try Data([1, 2, 3]).write(to: file)
    #expect(throws: FormatError.self) { try other.restore(0, from: file) }
  }

  @Test func `an entry with states is tapped and compared as any other`() throws {
    let model = try Reference.named("gpt2").model()
    let entry = try model.entry("decode")
    let places: Bindings = ["slots": 1, "capacity": 8, "tokens": 3]
    let inputs = try entry.randomInputs(bindings: places, seed: 1)
    let open: Bindings = ["slots": 1, "capacity": 8]
    // A state is its owner's: nothing of it is listed.
    #expect(try entry.tapPoints().allSatisfy { !"\($0.type)".contains("capacity") })
    let taps = try entry.taps(["transformer.h.*:mixed"])
    let tapped = try taps.run(inputs, bindings: open)
    #expect(tapped.count == 2 && tapped.values.allSatisfy { $0.dims[1] == 3 })
    #expect(throws: (any Error).self) { try taps.run(inputs) }
    let comparison = try RunComparison(of: entry, with: entry, on: inputs, bindings: open)
    #expect(!comparison.rows.isEmpty && comparison.rows.allSatisfy { $0.max == 0 })
    // An extent that inputs and bindings give differently.
    #expect(throws: ModelError.self) {
      try entry.run(inputs, bindings: ["slots": 1, "capacity": 8, "tokens": 4])
    }
  }

  @Test func `a long prompt in parts equals itself token by token`() throws {
    let source = ModelSource(
      file: Repository.graph("llama"),
      settings: [
        "vocabulary": "64", "width": "32", "layers": "2", "heads": "4", "kv_heads": "2",
        "inner": "48",
      ])
    let model = try Model(source, weights: .random(seed: 3))
    let count = DecodingSession.partCount + 77
    let tokens = (0..<count).map { Int32($0 * 31 % 64) }
    let session = try DecodingSession(model, slots: 2, capacity: count)
    let whole = try session.advance([.init(slot: 0, tokens: tokens)])[0]
    _ = try session.advance([.init(slot: 1, tokens: Array(tokens.dropLast(2)), logits: .none)])
    _ = try session.advance([.init(slot: 1, tokens: [tokens[count - 2]])])
    let found = try session.advance([.init(slot: 1, tokens: [tokens[count - 1]])])[0]
    #expect(largestDifference(found, whole) <= Self.tolerance)
  }
}
