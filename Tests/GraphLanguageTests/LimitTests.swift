import Foundation
import GraphLanguage
import Operators
import Testing

/// Hostile files end in a message, soon.
struct LimitTests {
  static let options = ElaborationOptions(ops: BuiltinOps.table())

  func messages(_ text: String) -> [String] {
    GraphLanguage.elaborate(text, name: "m.weft", LimitTests.options).diagnostics.map(\.message)
  }

  func wrap(_ value: String) -> String { "model M {\n input x: f32[4]\n output y = \(value)\n}" }

  @Test(arguments: [
    String(repeating: "(", count: 20_000), String(repeating: "-", count: 100_000),
    "x" + String(repeating: " + x", count: 20_000), "x" + String(repeating: "[0]", count: 100_000),
    String(repeating: "[", count: 20_000), String(repeating: "relu(", count: 100_000),
    "x as " + String(repeating: "a.", count: 20_000) + "b",
    "relu(x) as a[" + String(repeating: "a[", count: 20_000),
  ])
  func `deep nesting is an error`(_ value: String) {
    #expect(messages(wrap(value)).first?.contains("nested deeper than 200 levels") == true)
  }

  @Test func `nested blocks are an error`() {
    let text = "model M {" + String(repeating: "if true {", count: 10_000)
    #expect(messages(text).first?.contains("nested deeper") == true)
    let elses =
      "model M { input x: f32[4]\n if false { output y = x }"
      + String(repeating: " else if false { output y = x }", count: 5000) + "}"
    #expect(messages(elses) == ["the model has no output"])
  }

  @Test func `expressions and calls may be as deep as is allowed`() {
    let parentheses = String(repeating: "(", count: 90) + "x" + String(repeating: ")", count: 90)
    #expect(messages(wrap(parentheses)) == [])
    var text = "layer L0(x: f32[n]) -> f32[n] { return x }\n"
    for i in 1...60 { text += "layer L\(i)(x: f32[n]) -> f32[n] { return L\(i - 1)(-(-x)) }\n" }
    #expect(messages(text + wrap("L60(x)")) == [])
    for i in 61...70 { text += "layer L\(i)(x: f32[n]) -> f32[n] { return L\(i - 1)(x) }\n" }
    #expect(messages(text + wrap("L70(x)")).first?.contains("64 layers call each other") == true)
  }

  @Test func `work that doubles with each layer is given up`() {
    var text = "layer L0(x: f32[n]) -> f32[n] { return x }\n"
    for i in 1...40 {
      text += "layer L\(i)(x: f32[n]) -> f32[n] { return L\(i - 1)(L\(i - 1)(x)) }\n"
    }
    #expect(messages(text + wrap("L40(x)")).first?.contains("steps to elaborate") == true)
  }

  @Test func `names have an end`() {
    let name = String(repeating: "n", count: 257)
    #expect(messages(wrap("relu(\(name))")).first == "a name of 257 bytes; it has at most 256")
    let long = String(name.dropLast())
    #expect(messages("model M {\n input \(long): f32[4]\n output y = \(long)\n}") == [])
    let names = String(repeating: "w", count: 256)
    let text = """
      layer L(x: f32[n]) -> f32[n] {
        param \(names): f32[n]
        return x + \(names)
      }

      """
    let path = (0..<100).map { _ in names }.joined(separator: ".")
    let loop = "for i in 0 ..< 90000 {\n h = L(h) as \(path)[i]\n }"
    let model = "model M {\n input x: f32[4]\n var h = x\n \(loop)\n output y = h\n}"
    #expect(messages(text + model).first?.contains("steps to elaborate") == true)
  }

  @Test func `a tensor has at most 32 axes`() {
    func ones(_ count: Int) -> String { (0..<count).map { _ in "1" }.joined(separator: ", ") }
    #expect(messages(wrap("reshape(x, [4, \(ones(31))])")) == [])
    #expect(
      messages(wrap("reshape(x, [4, \(ones(32))])"))
        == ["a tensor of 33 axes; there are at most 32"])
    #expect(
      messages("model M {\n input x: f32[\(ones(40))]\n output y = x\n}").first
        == "a tensor of 40 axes; there are at most 32")
  }

  @Test func `long lists and long polynomials count as several steps`() {
    let ones = (0..<4000).map { _ in "1" }.joined(separator: ", ")
    let loop = "for i in 0 ..< 90000 {\n let a = [\(ones)]\n }"
    let lists = "model M {\n input x: f32[4]\n \(loop)\n output y = x\n}"
    #expect(messages(lists).contains { $0.contains("steps to elaborate") })
    let inputs = (0..<30).map { "input i\($0): f32[s\($0)]" }.joined(separator: "\n ")
    let all = (0..<30).map { "i\($0)" }.joined(separator: ", ")
    let polynomials = """
      layer L(x: f32[a, b]) -> f32[a, b] {
        return reshape(reshape(x, [a * b]), [a, b])
      }
      model M {
       \(inputs)
       let row = concat(\(all), axis: 0)
       let q = reshape(row, [1, \((0..<30).map { "s\($0)" }.joined(separator: " + "))])
       var m = matmul(transpose(q), q)
       for i in 0 ..< 90000 {
         m = L(m)
       }
       output y = m
      }
      """
    #expect(messages(polynomials).first?.contains("steps to elaborate") == true)
  }

  @Test func `loops inside loops are given up`() {
    let text = """
      model M {
        input x: f32[4]
        for i in 0 ..< 90000 { for j in 0 ..< 90000 { let a = 1 } }
        output y = x
      }
      """
    #expect(messages(text).contains { $0.contains("steps to elaborate") })
  }

  @Test func `dimensions can't be blown up`() {
    let text = """
      model M {
        input x: f32[a, b, c, d]
        var n = a + b + c + d
        for i in 0 ..< 30 { n = n * n }
        output y = x
      }
      """
    #expect(messages(text).first?.contains("too many terms") == true)
  }

  @Test func `at most a hundred errors are reported`() {
    let wrong = (0..<20_000).map { " let a\($0) = missing\($0)" }.joined(separator: "\n")
    #expect(messages("model M {\n\(wrong)\n}").count == 100)
  }

  @Test func `a mistake in a loop is reported once`() {
    let text = """
      model M {
        input x: f32[4]
        var n = 1
        for i in 0 ..< 1000 {
          n = n + 1
          let y = reshape(x, [n])
        }
        output z = x
      }
      """
    #expect(messages(text).count == 1)
  }

  @Test func `long files and bytes that are no text are errors`() {
    let long = [UInt8](repeating: UInt8(ascii: "\n"), count: 65 << 20)
    let found = GraphLanguage.elaborate(bytes: long, name: "m", LimitTests.options).diagnostics
    #expect(found.first?.message.contains("a graph file has at most") == true)
    let bytes: [UInt8] = Array("model M {\n  weights \"".utf8) + [0xff, 0xfe] + Array("\"\n}".utf8)
    let broken = GraphLanguage.elaborate(bytes: bytes, name: "m", LimitTests.options).diagnostics
    #expect(broken.first?.message == "byte 0xff isn't UTF-8 here")
    #expect(broken.first?.range?.line == 2)
  }

  @Test func `control characters don't reach the terminal`() {
    let found = GraphLanguage.elaborate(
      "model M { \u{1b}[31m }", name: "m", LimitTests.options
    ).diagnostics
    #expect(!found.isEmpty)
    #expect(found.allSatisfy { !$0.rendered().contains("\u{1b}") })
  }
}
