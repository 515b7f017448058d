import Foundation

/// Texts with their vectors, as the command line prints them.
public struct EmbeddingReport: Sendable {
  /// The texts.
  public let texts: [String]
  /// A vector for each text.
  public let vectors: [[Float]]

  /// Two texts and the cosine of the angle between their vectors.
  public struct Pair: Sendable, Hashable {
    /// Position of the first text.
    public var first: Int
    /// Position of the second text.
    public var second: Int
    /// The cosine: 1 for vectors of one direction.
    public var cosine: Float
  }

  /// A report on `texts`, of which each has one vector.
  public init(texts: [String], vectors: [[Float]]) {
    self.texts = texts
    self.vectors = vectors
  }

  /// One object a line: `{"embedding":[…],"text":…}`, each with its newline.
  ///
  /// Numbers have the fewest digits that give the same float again; those that aren't finite are
  /// "NaN", "Infinity" and "-Infinity". Written on `threads` threads.
  public func jsonLines(threads: Int = 1) -> String {
    let chunk = 64
    let parts = ConcurrentMap.map((texts.count + chunk - 1) / chunk, threads: threads) { part in
      var line: [UInt8] = []
      for i in part * chunk..<min((part + 1) * chunk, texts.count) {
        EmbeddingReport.append(vectors[i], texts[i], to: &line)
      }
      return line
    }
    return String(decoding: parts.joined(), as: UTF8.self)
  }

  private static func append(_ vector: [Float], _ text: String, to line: inout [UInt8]) {
    line += #"{"embedding":["#.utf8
    for (i, number) in vector.enumerated() {
      if i > 0 { line.append(UInt8(ascii: ",")) }
      if number.isFinite {
        line += number.description.utf8
      } else {
        line += (number.isNaN ? #""NaN""# : number > 0 ? #""Infinity""# : #""-Infinity""#).utf8
      }
    }
    line += #"],"text":"#.utf8
    line += JSONValue.string(text).text.utf8
    line += "}\n".utf8
  }

  /// Each text and the first numbers of its vector.
  public func textLines() -> [String] {
    zip(texts, vectors).map { text, vector in
      let first = vector.prefix(6).map { String(format: "%+.4f", $0) }.joined(separator: " ")
      let more = vector.count > 6 ? " … (\(vector.count))" : ""
      return "\(text)\n  \(first)\(more)"
    }
  }

  /// The `count` pairs of texts whose vectors are nearest, the nearest first.
  ///
  /// - Complexity: O(n²·d) for n texts of d numbers.
  public func pairs(count: Int) -> [Pair] {
    var pairs: [Pair] = []
    for first in vectors.indices {
      for second in vectors.indices.dropFirst(first + 1) {
        let pair = Pair(
          first: first, second: second, cosine: Self.cosine(vectors[first], vectors[second]))
        if pairs.count == count, let last = pairs.last, last.cosine >= pair.cosine { continue }
        let at = pairs.firstIndex { $0.cosine < pair.cosine } ?? pairs.endIndex
        pairs.insert(pair, at: at)
        if pairs.count > count { pairs.removeLast() }
      }
    }
    return pairs
  }

  /// ``pairs(count:)`` as a table.
  public func nearestPairs(count: Int) -> String {
    let pairs = pairs(count: count)
    guard !pairs.isEmpty else { return "There is only one text: no pairs." }
    var table = TextTable(
      columns: [.init("cosine", .right), .init("text", .left), .init("text", .left)])
    for pair in pairs {
      table.add([
        String(format: "%.3f", pair.cosine), texts[pair.first].shortened(to: 44),
        texts[pair.second].shortened(to: 44),
      ])
    }
    return table.text
  }

  private static func cosine(_ a: [Float], _ b: [Float]) -> Float {
    var (dot, aa, bb): (Float, Float, Float) = (0, 0, 0)
    for (x, y) in zip(a, b) {
      dot += x * y
      aa += x * x
      bb += y * y
    }
    let length = (aa * bb).squareRoot()
    return length > 0 ? dot / length : 0
  }
}

extension String {
  /// At most `count` characters, the end replaced by `…` where there are more.
  func shortened(to count: Int) -> String {
    self.count <= count ? self : prefix(count - 1) + "…"
  }
}
