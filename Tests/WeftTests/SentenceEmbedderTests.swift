import Foundation
import Testing

@testable import Weft

/// Texts of any lengths, packed.
@Suite struct `Sentence embedder` {
  private static let tokenizer = Repository.folder.appending(
    path: "Tests/TokenizersTests/Reference/bert.tokenizer.json")

  private func embedder(
    threads: Int? = nil, entry: String? = nil, instructions: InstructionSet? = nil
  ) throws -> SentenceEmbedder {
    let model = try Model(
      ModelSource(
        file: Repository.graph("minilm"),
        settings: ["layers": "2", "width": "96", "heads": "3", "vocabulary": "2000"]),
      weights: .random(seed: 5), threads: threads, instructions: instructions)
    return try SentenceEmbedder(model, entry: entry, tokenizer: Self.tokenizer)
  }

  /// Texts of 0 to 300 words, the same in every run.
  private func texts(_ count: Int) -> [String] {
    let words = ["the", "a", "cat", "house", "of", "und", "xyz", "Running", "1984", "é", ".", "no"]
    return (0..<count).map { i in
      let length = i % 17 == 0 ? 300 - i % 7 : i * i % 41
      return (0..<length).map { words[($0 * 5 + i * 7 + $0 * $0) % words.count] }
        .joined(separator: " ")
    }
  }

  @Test(arguments: InstructionSet.available)
  func `a text's vector is the same bytes alone and in any company`(_ set: InstructionSet) throws {
    let embedder = try embedder(instructions: set)
    #expect(embedder.isPacked)
    let texts = texts(120)
    let together = try embedder.embed(texts)
    let backwards = try embedder.embed(texts.reversed())
    #expect(Array(backwards.reversed()) == together)
    for i in stride(from: 0, to: texts.count, by: 6) {
      #expect(try embedder.embed([texts[i]]) == [together[i]], "text \(i)")
      #expect(try embedder.embed([texts[i], texts[(i + 7) % 120]])[0] == together[i], "text \(i)")
    }
  }

  @Test func `any number of threads gives the same bytes`() throws {
    let texts = texts(70)
    let expected = try embedder(threads: 1).embed(texts)
    #expect(try embedder(threads: 2).embed(texts) == expected)
    #expect(try embedder(threads: 5).embed(texts) == expected)
  }

  @Test func `a vector that isn't finite is an error, not an answer`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).weft")
    defer { try? FileManager.default.removeItem(at: file) }
    let graph = """
      model Broken {
        task embedding
        entry main {
          input input_ids: i32[batch, tokens]
          input attention_mask: i32[batch, tokens]
          output embedding = log(-cast(input_ids, f32))
        }
      }
      """
    try Data(graph.utf8).write(to: file)
    let model = try Model(ModelSource(file: file), weights: .random(seed: 0))
    let embedder = try SentenceEmbedder(model, tokenizer: Self.tokenizer)
    let error = #expect(throws: EmbeddingError.self) { try embedder.embed(["a cat"]) }
    #expect(
      error?.description
        == #"the vector of "a cat" isn't finite: a weight is NaN or too large"#)
  }

  @Test func `packed and padded texts give the same vectors`() throws {
    let texts = texts(70)
    let padded = try embedder(entry: "main")
    #expect(!padded.isPacked)
    let vectors = try padded.embed(texts)
    for (a, b) in zip(try embedder().embed(texts), vectors) {
      try #require(a.count == 96 && b.count == 96)
      #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 2e-6 })
    }
  }

  @Test func `progress counts texts and tokens`() throws {
    let embedder = try embedder()
    let texts = texts(90)
    var all: [SentenceEmbedder.Progress] = []
    _ = try embedder.embed(texts) { all.append($0) }
    #expect(all.count > 1)
    #expect(all.last?.texts == 90)
    let tokens = texts.reduce(0) {
      $0 + embedder.tokenizer.encode($1, maximumLength: 512).count
    }
    #expect(all.last?.tokens == tokens)
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.texts < $1.texts })
    #expect(try embedder.embed([]).isEmpty)
  }

  @Test func `a cancelled embedding stops, and the next one works`() throws {
    let embedder = try embedder()
    let cancellation = Cancellation()
    cancellation.cancel()
    #expect(throws: ExecutionError.cancelled) {
      try embedder.embed(texts(5), cancellation: cancellation)
    }
    #expect(try embedder.embed(texts(5)).count == 5)
  }

  @Test func `a summary says how fast it was`() {
    let done = SentenceEmbedder.Progress(texts: 1000, tokens: 53395)
    #expect(
      done.summary(seconds: 2.5)
        == "1,000 texts, 53,395 tokens in 2.50 s: 400.0 texts and 21,358 tokens a second")
  }
}

/// Which sequences run together.
@Suite struct `Sequence packs` {
  @Test func `every sequence is in one pack, and packs are full`() {
    var lengths: [Int] = []
    for i in 0..<1000 { lengths.append(2 + i * i % 127) }
    let packs = SequencePacks(lengths: lengths, budget: 512).packs
    #expect(packs.flatMap(\.members).sorted() == Array(lengths.indices))
    for pack in packs {
      #expect(pack.tokens == pack.members.reduce(0) { $0 + lengths[$1] })
      #expect(pack.tokens <= 512)
    }
    #expect(packs.count == (lengths.reduce(0, +) + 511) / 512)
  }

  @Test func `a sequence longer than a pack has one of its own`() {
    let packs = SequencePacks(lengths: [3, 900, 5, 512], budget: 512).packs
    #expect(packs.map(\.members) == [[1], [3], [2, 0]])
    #expect(SequencePacks(lengths: []).packs.isEmpty)
    #expect(SequencePacks(lengths: [0, 0], budget: 4).packs.map(\.tokens) == [0])
  }

  @Test func `plans are made for few sizes`() {
    #expect(
      [0, 1, 8, 9, 65, 250, 1000, 1024].map(SequencePacks.plannedTokens)
        == [8, 8, 8, 16, 80, 256, 1024, 1024])
    #expect(
      [0, 1, 2, 3, 4, 5, 64, 65].map(SequencePacks.plannedSequences)
        == [1, 1, 2, 4, 4, 8, 64, 128])
    let sizes = Set((1...1024).map(SequencePacks.plannedTokens))
    #expect(sizes.count <= 44)
  }
}

/// What is read and written beside the model.
@Suite struct `Texts and their vectors` {
  @Test func `lines are split as characters say, blank ones left out`() {
    let text = "a\r\nb\n\n  \u{3000}\nc \u{85}d\u{2028}e\u{2029}\u{B}f\u{C}\u{1680}\u{A0}\ng\r\t\rh"
    var lines = TextLines(utf8: Array(text.utf8))
    let expected = text.split(whereSeparator: \.isNewline).map(String.init)
      .filter { !$0.allSatisfy(\.isWhitespace) }
    #expect(lines.count == 8)
    var found: [String] = []
    while true {
      let some = lines.next(3)
      if some.isEmpty { break }
      found += some
    }
    #expect(found == expected)
    #expect(TextLines(utf8: Array("\n \u{2009}\n".utf8)).count == 0)
    #expect(TextLines(utf8: [0xE2, 0x80]).count == 1)
    var marked = TextLines(utf8: Array("\u{FEFF}a\nb".utf8))
    #expect(marked.count == 2)
    #expect(marked.next(2).map { Array($0.utf8) } == [[97], [98]])
  }

  @Test func `vectors are written so that the same floats are read`() throws {
    var texts: [String] = []
    var vectors: [[Float]] = []
    for i in 0..<150 {
      texts.append(#"text \#(i) "quoted" \ / "# + "\u{1}\n\té🙂")
      vectors.append([
        Float(i) / 3, -1e-30 * Float(i), Float(bitPattern: UInt32(i) &* 0x0123_4567 % 0x7f00_0000),
        1, -0.0,
      ])
    }
    let report = EmbeddingReport(texts: texts, vectors: vectors)
    let text = report.jsonLines(threads: 2)
    #expect(text == report.jsonLines())
    #expect(text.hasSuffix("}\n"))
    let lines = text.split(separator: "\n")
    try #require(lines.count == 150)
    struct Line: Decodable {
      var text: String
      var embedding: [Float]
    }
    for (i, line) in lines.enumerated() {
      let read = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
      #expect(read.text == texts[i])
      #expect(read.embedding.map(\.bitPattern) == vectors[i].map(\.bitPattern))
    }
    let odd = EmbeddingReport(texts: ["x"], vectors: [[.nan, .infinity, -.infinity]])
    #expect(odd.jsonLines() == #"{"embedding":["NaN","Infinity","-Infinity"],"text":"x"}"# + "\n")
  }
}
