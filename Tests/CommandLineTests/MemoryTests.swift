import Foundation
import Testing

/// `weft memory` as a user meets it.
@Suite struct `Memory` {
  private static let gpt2 = "Graphs/gpt2.weft \(Commands.small)"

  @Test func `a report tells what is resident, the arena and the passes`() throws {
    let result = try CommandLineTool.shell("weft memory \(Self.gpt2) --bind batch=1,tokens=8")
    try #require(result.status == 0, "\(result.error)")
    for part in ["GPT2, batch=1,tokens=8:", "weights, packed", "lower bound", "after pass"] {
      #expect(result.output.contains(part), "\(result.output)")
    }
  }

  @Test func `a report and a map are files that programs read`() throws {
    let result = try CommandLineTool.shell(
      """
      weft memory \(Self.gpt2) --random-weights 1 --bind batch=1,tokens=8 -o a.svg --json &&
      weft memory \(Self.gpt2) --random-weights 1 --bind batch=1,tokens=8 -o b.svg >/dev/null &&
      cmp a.svg b.svg && head -c 5 a.svg >&2
      """)
    try #require(result.status == 0, "\(result.error)")
    #expect(result.error == "<svg ")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let report = try #require(object as? [String: Any])
    #expect((report["bindings"] as? [String: Int]) == ["batch": 1, "tokens": 8])
    for key in ["arena", "lowerBound", "map", "passes", "resident", "steps", "aliveAtPeak"] {
      #expect(report[key] != nil, "\(key)")
    }
    let map = try #require(report["map"] as? [[String: Any]])
    #expect(map.allSatisfy { ($0["line"] as? String)?.contains(".weft:") == true })
  }

  @Test func `a command that is said to fit does`() throws {
    let result = try CommandLineTool.shell(
      """
      weft memory Graphs/gpt2.weft --set layers=1 --random-weights 1 --bind batch=1,tokens=8 \
        --fit 350MB --allow f16 | tee /dev/stderr | grep '^  weft' | sh
      """)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.error.contains("--scheme f16"), "\(result.error)")
    #expect(result.output.contains("logits: f32[1, 8, 50257]"), "\(result.output)")
  }

  @Test func `what can't fit ends with status 1 and says why`() throws {
    let result = try CommandLineTool.shell(
      "weft memory \(Self.gpt2) --bind batch=1,tokens=8 --fit 1kB --allow int8")
    #expect(result.status == 1)
    #expect(result.output.contains("It doesn't fit:"), "\(result.output)")
    #expect(result.output.contains("process  program, graph and plan"))
  }

  @Test(arguments: [
    ("--fit nonsense", 64, "'--fit <size>'"), ("--fit 0", 64, "'--fit <size>'"),
    ("--fit -3MB", 64, "--fit"), ("--allow int8", 64, "add --fit"),
    ("--fit 1MB --allow int4", 64, "found 'int4'"), ("--fit 1MB -o a.svg", 64, "not both"),
    ("--bind nope=3", 1, "no dimension 'nope'"), ("--fit 1MB", 1, "no value for batch, tokens"),
    ("", 1, "no value for batch, tokens"), ("-o map.png", 64, "ends in .svg"),
    ("--color size", 64, "--color"), ("--entry nothing", 1, "no entry 'nothing'"),
  ])
  func `wrong calls are refused`(options: String, status: Int, message: String) throws {
    let result = try CommandLineTool.shell(
      "weft memory Graphs/gpt2.weft \(options); s=$?; ls; exit $s")
    #expect(result.status == status, "\(options): \(result.error)")
    #expect(result.error.contains(message), "\(options): \(result.error)")
    #expect(result.output == "Docs\nGraphs\n")
  }
}
