import Foundation
import GraphLanguage
import Operators
import Testing

struct RoundTripTests {
  @Test(arguments: 0..<40)
  func `random trees are read as they were written`(_ batch: UInt64) {
    for seed in batch * 25..<(batch + 1) * 25 {
      var random = RandomTree(seed: seed)
      let tree = random.file()
      let text = GraphLanguage.format(tree)
      let (again, diagnostics) = GraphLanguage.parse(text, name: "random")
      let isSame = again == tree
      #expect(diagnostics.isEmpty, "seed \(seed): \(diagnostics.first?.description ?? "")\n\(text)")
      #expect(isSame, "seed \(seed)\n\(text)\n\(GraphLanguage.format(again))")
      if diagnostics.isEmpty { #expect(GraphLanguage.format(again) == text, "seed \(seed)") }
    }
  }

  @Test func `comments stay, wherever they stand`() throws {
    let source = """
      // at the top

      import "a.weft"  // after an import
      /// documents F
      layer F(
        x: f32[n],  // the tensor
        // a number
        k: Int
      ) -> f32[n] { // after the brace
        return relu(  // inside
          x)  // at the end
        // before the brace
      }
      // at the bottom
      """
    let text = GraphLanguage.format(GraphLanguage.parse(source, name: "c").file)
    #expect(
      text == """
        // at the top

        import "a.weft"  // after an import

        /// documents F
        layer F(
          x: f32[n],  // the tensor
          // a number
          k: Int
        ) -> f32[n] {
          // after the brace
          // inside
          return relu(x)  // at the end
          // before the brace
        }
        // at the bottom

        """)
    #expect(GraphLanguage.format(GraphLanguage.parse(text, name: "c").file) == text)
  }

  @Test func `a file that can't be read isn't formatted`() {
    let source = SourceText(name: "m", bytes: Array("model M { let = 3 }".utf8))
    guard case .failure(let failure) = GraphLanguage.format(source) else {
      Issue.record("formatted")
      return
    }
    #expect(failure.diagnostics.count == 1)
  }
}

/// Whatever is read, there is an end and no trap.
struct FuzzTests {
  static let options = ElaborationOptions(ops: BuiltinOps.table())

  /// A self-contained program of all shipped layers and the models.
  static let seeds: [[UInt8]] = ["minilm", "t5", "vit", "llama"].compactMap { name in
    let layers = Fixtures.graphFiles(below: Fixtures.graphs.appending(path: "layers"))
    let files = layers + [Fixtures.graphs.appending(path: "\(name).weft")]
    let text = files.compactMap { try? String(contentsOf: $0, encoding: .utf8) }.joined()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return Array(lines.filter { !$0.hasPrefix("import") }.joined(separator: "\n").utf8)
  }

  func check(_ bytes: [UInt8]) {
    let (model, found) = GraphLanguage.elaborate(bytes: bytes, name: "fuzz", FuzzTests.options)
    let hasErrors = found.contains { $0.severity == .error }
    #expect((model == nil) == hasErrors)
    for diagnostic in found { #expect(!diagnostic.description.isEmpty) }
  }

  @Test(arguments: 0..<8)
  func `random bytes end in messages`(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let count = Int.random(in: 0...400, using: &random)
      let isText = seed % 2 == 0
      check((0..<count).map { _ in UInt8.random(in: isText ? 9...126 : 0...255, using: &random) })
    }
  }

  @Test(arguments: 0..<8)
  func `damaged programs end in messages`(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let program = FuzzTests.seeds[Int(seed) % FuzzTests.seeds.count]
    check(program)
    for _ in 0..<12 {
      var bytes = program
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, at + Int.random(in: 1...12, using: &random))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.removeSubrange(at..<end)
        case 1: bytes.insert(contentsOf: bytes[at..<end], at: at)
        case 2: bytes[at] = UInt8.random(in: 32...126, using: &random)
        default:
          let words = ["}", "(", "let ", " as a", "[0]", "\n", "nil", "...", "f32", "1e9 ", "for "]
          bytes.insert(
            contentsOf: Array(words.randomElement(using: &random)?.utf8 ?? "".utf8), at: at)
        }
      }
      check(bytes)
    }
  }
}
