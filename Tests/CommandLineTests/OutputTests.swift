import Foundation
import Testing

/// What commands print, for people and for programs.
@Suite struct `Output` {
  private static let gpt2 = "Graphs/gpt2.weft --random-weights 1 \(Commands.small)"
  private static let dimensions = "--bind batch=1,tokens=3"

  @Test(arguments: [
    ("weft compile \(gpt2) \(dimensions) --json", ["graph", "memory", "passes", "remarks"]),
    (
      "weft profile \(gpt2) \(dimensions) --runs 2 --json",
      ["fastest", "peakResidentByteCount", "runs", "slowest", "steps", "sum", "threads", "wall"]
    ),
    (
      "weft bench \(gpt2) \(dimensions) --runs 2 --json",
      [
        "bindings", "runs", "threads", "median_ms", "p10_ms", "p90_ms", "min_ms", "flops", "bytes",
        "gflops_per_second", "gbytes_per_second", "peak_gflops_per_second", "peak_share",
        "peak_resident_bytes",
      ]
    ),
    (
      "weft profile \(gpt2) \(dimensions) --startup --runs 2 --json",
      ["laterPlan", "laterRun", "other", "phases", "total"]
    ),
    (
      "weft doctor --json",
      [
        "availableInstructionSets", "gigabytesPerSecond", "gigaflopsPerSecond",
        "gigaoperationsPerSecondInt8", "instructionSet",
        "memoryByteCount", "threads",
      ]
    ),
  ])
  func `an object has its keys`(command: String, keys: [String]) throws {
    let result = try CommandLineTool.shell(command)
    try #require(result.status == 0, "\(result.error)")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let found = try #require(object as? [String: Any])
    for key in keys { #expect(found[key] != nil, "\(key)") }
  }

  @Test func `outputs are described as JSON`() throws {
    let result = try CommandLineTool.shell("weft run \(Self.gpt2) \(Self.dimensions) --json")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let outputs = try #require(object as? [[String: Any]])
    #expect(outputs.count == 1)
    #expect(outputs.first?["name"] as? String == "logits")
    #expect(outputs.first?["dims"] as? [Int] == [1, 3, 50])
    #expect(outputs.first?["dtype"] as? String == "f32")
    #expect((outputs.first?["first"] as? [Double])?.count == 6)
  }

  @Test func `a benchmark takes its dimensions from the inputs of a file`() throws {
    let result = try CommandLineTool.shell(
      #"""
      header='{"input_ids":{"dtype":"I32","shape":[2,3],"data_offsets":[0,24]}}'
      { printf "\\$(printf %o ${#header})"; head -c 7 /dev/zero; printf %s "$header"
        head -c 24 /dev/zero; } > in.safetensors
      weft bench \#(Self.gpt2) --inputs in.safetensors --runs 3 --json
      """#)
    try #require(result.status == 0, "\(result.error)")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let found = try #require(object as? [String: Any])
    #expect(found["bindings"] as? [String: Int] == ["batch": 2, "tokens": 3])
    #expect(found["runs"] as? Int == 3)
  }

  @Test func `wrong graph files are described as JSON`() throws {
    let result = try CommandLineTool.shell("weft check Graphs/gpt2.weft --set width=7 --json")
    #expect(result.status == 1)
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let diagnostics = try #require(object as? [[String: Any]])
    #expect(diagnostics.first?["severity"] as? String == "error")
    let range = diagnostics.first?["range"] as? [String: Any]
    #expect(range?["file"] as? String == "Graphs/gpt2.weft")
    #expect(range?["line"] is Int)
  }

  @Test func `texts become an object a line`() throws {
    try CommandLineTool.requireMiniLM()
    let result = try CommandLineTool.shell(
      #"printf 'a "cat"\n\nzwei Wörter\n' | weft embed Graphs/minilm.weft --weights $MINILM --file - --json"#
    )
    try #require(result.status == 0, "\(result.error)")
    let lines = try result.output.split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
    #expect(lines.map { $0?["text"] as? String } == [#"a "cat""#, "zwei Wörter"])
    for line in lines {
      #expect(Set(try #require(line).keys) == ["text", "embedding"])
      #expect((line?["embedding"] as? [Double])?.count == 384)
    }
  }

  @Test(arguments: [
    ("--set layer=1", "did you mean 'layers'?"), ("--set foo=1", "layers=12"),
    ("--set layers=many", "'layers' is an Int"),
    ("--model GPT3", "did you mean 'GPT2'?"),
  ])
  func `a wrong setting says what there is`(option: String, text: String) throws {
    let result = try CommandLineTool.shell("weft check Graphs/gpt2.weft \(option)")
    #expect(result.status == 1)
    #expect(result.error.contains(text), "\(result.error)")
  }

  @Test(arguments: [
    ("batch=0,tokens=2", "from 1"), ("batch=-3,tokens=2", "from 1"), ("batch", "name=number"),
    ("batch=1,batch=2", "'batch' twice"), ("batch=99999999999999999999,tokens=1", "from 1"),
  ])
  func `a wrong binding is a wrong call`(bindings: String, text: String) throws {
    let result = try CommandLineTool.shell("weft run \(Self.gpt2) --bind \(bindings)")
    #expect(result.status == 64)
    #expect(result.error.contains(text), "\(result.error)")
    #expect(result.error.contains("Usage: weft run"), "\(result.error)")
  }

  @Test(arguments: [
    "batch=1,tokens=999999999999", "batch=999999999999,tokens=3",
    "batch=9223372036854775807,tokens=9223372036854775807", "batch=3000000000,tokens=4",
  ])
  func `dimensions that no machine holds are an error at once`(bindings: String) throws {
    let llama = "Graphs/llama.weft --random-weights 1 \(Commands.small) --set inner=32"
    let result = try CommandLineTool.shell("weft run \(llama) --bind \(bindings)", seconds: 10)
    #expect(result.status == 1)
    #expect(result.error.hasPrefix("error: "), "\(result.error)")
  }

  @Test(arguments: [
    ("printf ''", "declares no model"), ("head -c 3000 /dev/urandom", "isn't UTF-8"),
    ("printf 'model X { layer'", "error: "), ("head -c 200000 /dev/zero | tr '\\0' '('", "error: "),
  ])
  func `what is no graph file is said`(maker: String, text: String) throws {
    let result = try CommandLineTool.shell(
      "\(maker) > wrong.weft; weft check wrong.weft", seconds: 10)
    #expect(result.status == 1)
    #expect(result.error.contains(text), "\(result.error)")
  }

  @Test func `numbers of parameters beyond 64 bits don't matter`() throws {
    let result = try CommandLineTool.shell(
      "weft check Graphs/llama.weft --set inner=1000000000000000")
    #expect(result.status == 0, "\(result.error)")
  }

  @Test func `the --weights of another model are refused with what is missing`() throws {
    let result = try CommandLineTool.shell(
      """
      echo hello > text.safetensors; mkdir empty
      weft check Graphs/bert.weft --weights text.safetensors; echo $?
      weft check Graphs/bert.weft --weights empty; echo $?
      weft check Graphs/bert.weft --weights nowhere; echo $?
      """)
    #expect(result.output == "1\n1\n1\n", "\(result.output)")
    #expect(result.error.contains("text.safetensors: expected a safetensors file"))
    #expect(result.error.contains("expected model.safetensors"))
    #expect(result.error.contains("No such file or directory"))
  }

  @Test func `an old file stays where a new one can't be written`() throws {
    let result = try CommandLineTool.shell(
      """
      echo old > x.svg
      weft render Graphs/gpt2.weft -o x.svg --after nothing; echo $?; cat x.svg; ls -A
      """)
    #expect(result.output == "1\nold\nDocs\nGraphs\nx.svg\n", "\(result.output)")
  }

  @Test(arguments: [("", true), ("NO_COLOR=1", false), ("TERM=dumb", false)])
  func `a terminal gets colors where it wants them`(setting: String, isColored: Bool) throws {
    let command = "env -u NO_COLOR TERM=xterm \(setting) weft check Graphs/gpt2.weft --set width=7"
    let result = try CommandLineTool.shell("script -qec '\(command)' /dev/null")
    #expect(result.output.contains("error"))
    #expect(result.output.contains("\u{1B}[") == isColored)
  }

  @Test func `an interrupt ends a long profile at once, without a trace of it in the output`()
    throws
  {
    let result = try CommandLineTool.shell(
      """
      weft profile \(Self.gpt2) --bind batch=1,tokens=64 --runs 100000 --json & child=$!
      sleep 1; kill -INT $child; sleep 1
      if kill -0 $child 2>/dev/null; then echo late; fi
      wait $child
      """, seconds: 30)
    #expect(result.status == 1)
    #expect(result.output.isEmpty, "\(result.output)")
    #expect(result.error == "error: cancelled\n", "\(result.error)")
  }
}
