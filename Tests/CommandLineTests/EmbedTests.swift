import Foundation
import Testing

/// `weft embed` on files.
@Suite struct `Embedding a file` {
  private static let texts = #"printf 'one\n\ntwo words\nand now three\n'"#
  private static let model =
    "Graphs/minilm.weft --random-weights 1 --set layers=1 --set vocabulary=2000 "
    + "--tokenizer \(tokenizer)"
  private static let tokenizer = CommandLineTool.root.appending(
    path: "Tests/TokenizersTests/Reference/bert.tokenizer.json"
  ).path

  @Test func `the last line says what was done and how fast, for people only`() throws {
    let people = try CommandLineTool.shell("\(Self.texts) | weft embed \(Self.model) --file -")
    try #require(people.status == 0, "\(people.error)")
    #expect(people.output.hasPrefix("one\n  "))
    let line = /3 texts, \d+ tokens in \d+\.\d\d s: [\d.]+ texts and [\d,]+ tokens a second\n/
    #expect(people.error.wholeMatch(of: line) != nil, "\(people.error)")
    let program = try CommandLineTool.shell(
      "\(Self.texts) | weft embed \(Self.model) --file - --json")
    #expect(program.status == 0)
    #expect(program.error.isEmpty)
    #expect(program.output.split(separator: "\n").count == 3)
    let direct = try CommandLineTool.shell("weft embed \(Self.model) one two")
    #expect(direct.status == 0)
    #expect(direct.error.isEmpty)
  }

  @Test func `packed and padded give the same vectors, in the order of the lines`() throws {
    func vectors(_ entry: String) throws -> [(String, [Double])] {
      let result = try CommandLineTool.shell(
        "\(Self.texts) | weft embed \(Self.model) --file - --json \(entry)")
      try #require(result.status == 0, "\(result.error)")
      return try result.output.split(separator: "\n").map { line in
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return (
          try #require(object?["text"] as? String), try #require(object?["embedding"] as? [Double])
        )
      }
    }
    let (packed, padded) = (try vectors(""), try vectors("--entry main"))
    #expect(packed.map(\.0) == ["one", "two words", "and now three"])
    #expect(padded.map(\.0) == packed.map(\.0))
    for (a, b) in zip(packed, padded) {
      #expect(zip(a.1, b.1).allSatisfy { abs($0 - $1) < 2e-6 })
    }
    let explicit = try vectors("--entry packed")
    #expect(zip(packed, explicit).allSatisfy { $0.1 == $1.1 })
  }

  @Test(arguments: [
    ("printf '\\n \\n'", "there is no text in it"), ("printf 'a\\377'", "isn't UTF-8"),
  ])
  func `a file without texts is an error`(maker: String, message: String) throws {
    let result = try CommandLineTool.shell("\(maker) | weft embed \(Self.model) --file -")
    #expect(result.status == 1)
    #expect(result.error.contains(message), "\(result.error)")
    #expect(result.output.isEmpty)
  }

  @Test func `a terminal sees how far it is, and nothing of it stays`() throws {
    // Some seconds of work, so that progress is due.
    let maker =
      "for i in $(seq 1 4000); do echo a cat sat on the mat and looked at it $i; done > many.txt"
    let command = "weft embed \(Self.model) --set inner=6000 --file many.txt --json > /dev/null"
    let result = try CommandLineTool.shell("\(maker); script -qec '\(command)' /dev/null")
    #expect(result.status == 0, "\(result.output)")
    // A machine that is done within the second that progress waits shows none.
    if !result.output.isEmpty {
      #expect(result.output.contains("/4000, "))
      #expect(result.output.contains(" texts a second"))
      #expect(result.output.hasSuffix("\r\u{1B}[K"))
    }
  }
}
