import Formats

/// Cuts a word so that the sum of its tokens' scores (log-probabilities) is largest, by dynamic
/// programming from left to right.
///
/// A character that no token covers costs ten more than the worst token; those that follow each
/// other are one unknown token. Takes time in proportion to the word's length and the longest
/// token's. Kudo, *Subword Regularization*, 2018.
struct Unigram: TokenizerModel {
  let vocabulary: Vocabulary
  private let scores: [Double]
  private let trie: TokenTrie
  private let unknown: Int32?
  private let unknownScore: Double
  /// The tokens of the 256 bytes, where unknown characters fall back to them.
  private let bytes: ByteTokens?

  /// What an unknown character costs beyond the worst token.
  private static let unknownPenalty = 10.0

  /// Reads `vocab` (pairs of token and score), `unk_id` and `byte_fallback`.
  init(_ field: JSONField) throws(JSONFieldError) {
    let entries = try field.required("vocab", "an array of [token, score]").elements()
    var vocabulary = Vocabulary()
    var scores: [Double] = []
    var trie = TokenTrie()
    scores.reserveCapacity(entries.count)
    for entry in entries {
      let (token, score) = try Unigram.entry(entry)
      let id = Int32(scores.count)
      guard vocabulary.add(token, id: id) else {
        throw entry.error(expected: "a token of its own, found \(token.quotedForMessage) again")
      }
      if !token.isEmpty { trie.insert(token.unicodeScalars, id: id) }
      scores.append(score)
    }
    self.vocabulary = vocabulary
    self.scores = scores
    self.trie = trie
    let last = scores.count - 1
    unknown = try field.member("unk_id").map { field throws(JSONFieldError) in
      Int32(try field.integer(in: 0...max(last, 0)))
    }
    unknownScore = (scores.min() ?? 0) - Unigram.unknownPenalty
    let fallsBack = try field.member("byte_fallback")?.bool() ?? false
    bytes = fallsBack ? ByteTokens(vocabulary) : nil
  }

  private static func entry(_ field: JSONField) throws(JSONFieldError) -> (String, Double) {
    guard case .array(let parts) = field.value, parts.count == 2, case .string(let token) = parts[0]
    else { throw field.error(expected: "[token, score]") }
    let score = try JSONField(parts[1], path: .element(field.path, 1)).double()
    guard score.isFinite else { throw field.error(expected: "a finite score") }
    return (token, score)
  }

  /// The best way to a position: the token that ends there, and where it begins.
  private struct Way {
    var score = 0.0
    var start = -1
    var id: Int32 = -1
  }

  func tokenize(_ word: AlignedText, into tokens: inout [Token]) {
    guard !word.isEmpty else { return }
    let pieces = pieces(of: ways(through: word), in: word)
    for piece in pieces { append(piece, of: word, to: &tokens) }
  }

  /// For each position the best way to it; -1 stands for an unknown character.
  private func ways(through word: AlignedText) -> [Way] {
    let base = word.indices.lowerBound
    var ways = [Way](repeating: Way(), count: word.count + 1)
    func offer(_ id: Int32, _ score: Double, from: Int, to: Int) {
      let total = score + ways[from - base].score
      if ways[to - base].start < 0 || total > ways[to - base].score {
        ways[to - base] = Way(score: total, start: from, id: id)
      }
    }
    for start in word.indices {
      var hasSingle = false
      var node = TokenTrie.root
      var i = start
      while i < word.indices.upperBound, let next = trie.child(of: node, word.scalars[i]) {
        node = next
        i += 1
        guard let id = trie.id(at: node) else { continue }
        offer(id, scores[Int(id)], from: start, to: i)
        if i == start + 1 { hasSingle = true }
      }
      if !hasSingle { offer(-1, unknownScore, from: start, to: start + 1) }
    }
    return ways
  }

  /// The tokens of the best way to the end; unknown characters that follow each other are joined.
  private func pieces(of ways: [Way], in word: AlignedText) -> [(range: Range<Int>, id: Int32)] {
    let base = word.indices.lowerBound
    var pieces: [(range: Range<Int>, id: Int32)] = []
    var end = word.indices.upperBound
    while end > base {
      let way = ways[end - base]
      let id = way.id == unknown ? -1 : way.id
      if id < 0, unknown != nil, let last = pieces.last, last.id < 0 {
        pieces[pieces.count - 1].range = way.start..<last.range.upperBound
      } else {
        pieces.append((way.start..<end, id))
      }
      end = way.start
    }
    return pieces.reversed()
  }

  private func append(
    _ piece: (range: Range<Int>, id: Int32), of word: AlignedText, to tokens: inout [Token]
  ) {
    let origin = word.origin(of: piece.range)
    if piece.id >= 0, let text = vocabulary.token(of: piece.id) {
      tokens.append(Token(id: piece.id, text: text, range: origin))
      return
    }
    let text = word[piece.range].string
    // Characters that are unknown one by one may be a token together.
    if let id = vocabulary.id(of: text) {
      tokens.append(Token(id: id, text: text, range: origin))
    } else if let spelled = bytes?.tokens(of: text, range: origin) {
      tokens += spelled
    } else if let unknown {
      tokens.append(Token(id: unknown, text: text, range: origin))
    }
  }
}
