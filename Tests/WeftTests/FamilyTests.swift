import Foundation
import Testing
import Weft

/// Decoders of each family against transformers: whole, and token by token over a cache.
@Suite struct `Decoder families` {
  static let tolerance = 2e-5
  static let generating = FamilyReference.all.filter { ["gpt2", "llama"].contains($0.name) }

  @Test func `each recorded model is tested`() throws {
    let recorded = try FileManager.default.contentsOfDirectory(atPath: FamilyReference.root.path)
    #expect(recorded.sorted() == FamilyReference.all.map(\.name).sorted())
  }

  @Test(arguments: FamilyReference.all)
  func `logits and what is inside agree with transformers`(_ reference: FamilyReference) throws {
    let expected = try reference.expected()
    let entry = try reference.model().entry()
    let ids = try #require(expected["in.input_ids"])
    let logits = try entry.run(["input_ids": ids])["logits"]
    let difference = largestDifference(logits, expected["out.logits"])
    #expect(difference <= Self.tolerance, "\(difference)")
    let first = try Tensor(
      .i32, dims: [1, ids.dims[1]], integers: Array(ids.integers.prefix(ids.dims[1])))
    let taps = try entry.taps([reference.block, reference.norm]).run(["input_ids": first])
    for (name, state) in [(reference.block, "hidden.1"), (reference.norm, "hidden.2")] {
      let difference = largestDifference(taps[name], expected[state])
      #expect(difference <= Self.tolerance, "\(name): \(difference)")
    }
  }

  @Test(arguments: FamilyReference.all, InstructionSet.available)
  func `every instruction set agrees with transformers`(
    _ reference: FamilyReference, _ instructions: InstructionSet
  ) throws {
    let expected = try reference.expected()
    let entry = try reference.model(instructions: instructions).entry()
    let logits = try entry.run(["input_ids": #require(expected["in.input_ids"])])["logits"]
    #expect(largestDifference(logits, expected["out.logits"]) <= Self.tolerance)
  }

  @Test(arguments: FamilyReference.all)
  func `token by token with the cache equals the whole`(_ reference: FamilyReference) throws {
    let sequences = try reference.sequences()
    let session = try DecodingSession(reference.model(), slots: 2, capacity: 40)
    for (slot, (tokens, logits)) in sequences.enumerated() {
      var largest = 0.0
      for (token, expected) in zip(tokens, logits) {
        let found = try session.advance([.init(slot: slot, tokens: [token])])[0]
        largest = max(largest, largestDifference(found, expected))
      }
      #expect(largest <= Self.tolerance, "sequence \(slot)")
    }
  }

  @Test(arguments: FamilyReference.all)
  func `two sequences in uneven pieces side by side equal the whole`(
    _ reference: FamilyReference
  ) throws {
    let sequences = try reference.sequences()
    let session = try DecodingSession(reference.model(), slots: 3, capacity: 40)
    var done = [0, 0]
    for step in 0..<40 where done.contains(where: { $0 < sequences[0].tokens.count }) {
      // Pieces of 1 to 11 tokens, now and then of one sequence only; slots in another order.
      let pieces = (0..<2).compactMap { i -> (Int, DecodingSession.Piece)? in
        let count = min((step * 7 + i * 4) % 12, sequences[i].tokens.count - done[i])
        if count == 0 { return nil }
        let tokens = Array(sequences[i].tokens[done[i]..<done[i] + count])
        return (i, .init(slot: 2 - i, tokens: tokens, logits: .all))
      }
      for ((i, piece), logits) in zip(pieces, try session.advance(pieces.map(\.1))) {
        let width = logits.dims[1]
        for row in 0..<piece.tokens.count {
          let found = try Tensor(
            .f32, dims: [1, width],
            doubles: Array(logits.doubles[row * width..<(row + 1) * width]))
          let difference = largestDifference(found, sequences[i].logits[done[i] + row])
          #expect(difference <= Self.tolerance, "sequence \(i), token \(done[i] + row)")
        }
        done[i] += piece.tokens.count
      }
    }
    #expect(done == sequences.map(\.tokens.count))
  }

  @Test(arguments: generating)
  func `200 greedy tokens are those of transformers`(_ reference: FamilyReference) throws {
    let expected = try #require(try reference.expected()["greedy"]).integers
    let prompt = Array(try reference.sequences()[0].tokens.prefix(4))
    let session = try DecodingSession(reference.model(), capacity: 204)
    var logits = try session.advance([.init(slot: 0, tokens: prompt)])[0].doubles
    var found: [Int] = []
    for _ in 0..<200 {
      let largest = try #require(logits.indices.max { logits[$0] < logits[$1] })
      found.append(largest)
      if found.count == 200 { break }
      logits = try session.advance([.init(slot: 0, tokens: [Int32(largest)])])[0].doubles
    }
    #expect(found == expected)
  }

  @Test(arguments: FamilyReference.all)
  func `any number of threads gives the same bytes`(_ reference: FamilyReference) throws {
    let ids = try #require(try reference.expected()["in.input_ids"])
    func run(_ threads: Int) throws -> [String: [UInt8]] {
      bytes(try reference.model(threads: threads).entry().run(["input_ids": ids]))
    }
    let expected = try run(1)
    #expect(try run(3) == expected)
  }

  @Test func `a config that asks for what isn't known is refused`() throws {
    let wrong: [(name: String, settings: [String: String], message: String)] = [
      ("llama", ["scaling": "ntk-by-parts"], "a scaling that is known"),
      ("llama", ["kinds": "full_attention", "known_kinds": "1"], "a kind for each layer"),
      ("gemma", ["family": "gemma4"], "a family that is known"),
      ("gemma3", ["scaling": "yarn"], "a scaling that is known"),
      ("phi", ["head_norms": "true"], "qk_layernorm isn't supported"),
      ("phi3-long", ["long": "1,2"], "f32[2]"),
    ]
    for (name, settings, message) in wrong {
      let reference = try #require(FamilyReference.all.first { $0.name == name })
      let error = #expect(throws: GraphFileError.self, "\(name)") {
        _ = try reference.model(settings: settings)
      }
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
  }
}
