import Foundation
import Testing

/// `weft profile` as a user meets it.
@Suite struct `Profiling` {
  static let small =
    "Graphs/gpt2.weft --random-weights 1 \(Commands.small) --bind batch=1,tokens=3 --runs 4"

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test(arguments: ["line", "layer", "op", "kind", "step"])
  func `a table fits, and the summary explains the run`(grouping: String) throws {
    let result = try CommandLineTool.shell("weft profile \(Self.small) --by \(grouping)")
    #expect(result.status == 0, "\(result.error)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 110 })
    #expect(lines[0].contains("ceiling %"))
    for name in ["a run ", "made of ", "before ", "ceiling ", "back ", "memory "] {
      #expect(lines.contains { $0.hasPrefix(name) }, "\(name)")
    }
  }

  @Test func `lines stand with their text`() throws {
    let result = try CommandLineTool.shell("weft profile \(Self.small) --wide")
    #expect(result.output.contains("  return attention("))
    #expect(result.output.contains("let qkv = Conv1D(n1, 3 * width, turned) as attn.c_attn"))
    #expect(result.output.contains("p99 µs"))
  }

  @Test func `a layer is opened and shown alone`() throws {
    let result = try CommandLineTool.shell(
      """
      weft profile \(Self.small) --expand transformer.h.1 &&
        weft profile \(Self.small) --focus 'transformer.h[*].mlp'
      """)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("[others]"))
    #expect(result.output.contains("c_fc: "))
    #expect(result.output.contains("\ntransformer.h[*].mlp "))
  }

  @Test func `as JSON it explains the run`() throws {
    let result = try CommandLineTool.shell("weft profile \(Self.small) --json")
    let profile = try object(result.output)
    #expect(profile["format"] as? String == "weft-profile")
    #expect(profile["model"] as? String == "GPT2")
    let parts = try #require(profile["parts"] as? [String: Double])
    let wall = try #require(profile["wall"] as? Double)
    #expect(abs(parts.values.reduce(0, +) - wall) < 1e-6 * wall)
    let steps = try #require(profile["steps"] as? [[String: Any]])
    let sum = steps.reduce(0) { $0 + ($1["time"] as? Double ?? .nan) }
    #expect(abs(sum - (parts["steps"] ?? 0)) < 1e-6 * wall)
    #expect(steps.allSatisfy { $0["bound"] != nil && $0["ceiling"] != nil })
    #expect(profile["phases"] != nil)
  }

  @Test func `products of 8-bit integers are measured against their own peak`() throws {
    let result = try CommandLineTool.shell(
      """
      weft quantize Graphs/gpt2.weft --random-weights 1 \(Commands.small) -o out > /dev/null &&
        weft profile Graphs/gpt2.weft --weights out \(Commands.small) --bind batch=1,tokens=3 \
          --runs 2 --json
      """)
    #expect(result.status == 0, "\(result.error)")
    let profile = try object(result.output)
    let ceilings = try #require(profile["ceilings"] as? [String: Any])
    #expect(ceilings["gigaoperationsPerSecondInt8"] as? Double ?? 0 > 0)
    let steps = try #require(profile["steps"] as? [[String: Any]])
    let integer = steps.filter { $0["arithmetic"] as? String == "int8" }
    #expect(!integer.isEmpty)
    #expect(integer.allSatisfy { ($0["weightBytes"] as? Int ?? 0) > 0 })
    // Where the machine multiplies bf16.
    let rounded = steps.filter { $0["arithmetic"] as? String == "bf16" }
    #expect(rounded.allSatisfy { $0["op"] as? String == "attention" })
    #expect((ceilings["gigaflopsPerSecondBf16"] as? Double ?? 0 > 0) == !rounded.isEmpty)
    let norm = try #require(steps.first { $0["op"] as? String == "layer_norm" })
    #expect(norm["arithmetic"] as? String == "f32")
    // A scale and a shift for each of 16 numbers.
    #expect(norm["weightBytes"] as? Int == 128)
  }

  @Test func `a timeline is written for the viewer`() throws {
    let result = try CommandLineTool.shell(
      "weft profile \(Self.small) -o timeline.json > table && test -s table && cat timeline.json")
    #expect(result.status == 0, "\(result.error)")
    let events = try #require(try object(result.output)["traceEvents"] as? [[String: Any]])
    let slices = events.filter { $0["ph"] as? String == "X" }
    #expect(slices.filter { ($0["name"] as? String)?.hasPrefix("run ") == true }.count == 3)
    #expect(slices.contains { $0["name"] as? String == "h 1" })
    // Nothing begins before the file does, or lasts less than nothing.
    for slice in slices {
      #expect(try #require(slice["ts"] as? Double) >= 0)
      #expect(try #require(slice["dur"] as? Double) >= 0)
    }
    #expect(events.contains { $0["ph"] as? String == "C" })
  }

  @Test func `two profiles are compared, files or a run with a file`() throws {
    let result = try CommandLineTool.shell(
      """
      weft profile \(Self.small) --json > a.json && weft profile --compare a.json a.json &&
        weft profile \(Self.small) --compare a.json --by layer &&
        weft profile --compare a.json a.json --json > c.json && cat c.json
      """)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("no change beyond the noise"))
    #expect(result.output.contains("within noise"))
    let start = try #require(result.output.range(of: "\n{"))
    let comparison = try object(String(result.output[start.lowerBound...]))
    #expect((comparison["ops"] as? [[String: Any]])?.isEmpty == false)
    #expect((comparison["differences"] as? [String])?.isEmpty == true)
  }

  @Test func `profiles of other models are compared, and said to be of others`() throws {
    let model = "Graphs/gpt2.weft --random-weights 1 \(Commands.small) --runs 4"
    let result = try CommandLineTool.shell(
      """
      weft profile \(model) --bind batch=1,tokens=3 --json > a.json &&
        weft profile \(model) --bind batch=2,tokens=3 --json > b.json &&
        weft profile --compare a.json b.json
      """)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("The two differ in more than time:"))
    #expect(result.output.contains("dimensions: before batch=1,tokens=3, after batch=2,tokens=3"))
  }

  @Test(arguments: [
    ("weft profile --compare a.json", 64, "graph"),
    ("weft profile \(small) -o report.gif", 64, "must end in .html or .json"),
    ("weft profile \(small) --columns speed", 64, "gflops"),
    ("weft profile \(small) --columns time --wide", 64, "not both"),
    ("weft profile \(small) --by op --depth 2", 64, "--by layer"),
    ("weft profile \(small) --depth 0", 64, "from 1"),
    ("weft profile \(small) --startup -o t.json", 64, "--startup stands alone"),
    ("echo '{}' > a.json; weft profile --compare a.json a.json -o t.json", 64, "needs a graph"),
    ("weft profile \(small) --focus h.7", 1, "there is no layer 'h.7'; there is transformer.h[*]"),
    ("weft profile \(small) --compare none.json", 1, "none.json: cannot be read"),
    ("weft profile --compare Docs a.json", 1, "found a folder"),
    ("true > a.json; weft profile --compare a.json a.json", 1, "found an empty file"),
    ("echo '{\"runs\": 1' > a.json; weft profile --compare a.json a.json", 1, "it is no JSON"),
    ("echo '{\"runs\": 1}' > a.json; weft profile --compare a.json a.json", 1, "found other JSON"),
    (
      "weft doctor --json > a.json; weft profile --compare a.json a.json", 1, "weft profile --json"
    ),
    (
      """
      weft profile \(small) --json | sed 's/"version" : 1/"version" : 99/' > a.json
      weft profile --compare a.json a.json
      """, 1, "found version 99"
    ),
    ("weft profile \(small) -o missing/t.json", 1, "cannot be written"),
    ("weft profile \(small) -o missing/t.json > /dev/full", 1, "cannot be written"),
  ])
  func `wrong calls and files are refused with what to do`(
    command: String, status: Int, text: String
  ) throws {
    let result = try CommandLineTool.shell(command)
    #expect(Int(result.status) == status, "\(command): \(result.error)")
    #expect(result.error.contains(text), "\(command): \(result.error)")
    for leak in ["Optional(", "NSCocoa", "Error Domain", "Swift.", "Fatal error"] {
      #expect(!result.error.contains(leak), "\(command): \(result.error)")
    }
  }
}
