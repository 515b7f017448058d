import Foundation
import Testing

/// Pictures and differences.
@Suite struct `Pictures` {
  @Test(arguments: [
    ("--detail plan", "no value for batch, tokens", 1),
    ("--detail plan --bind batch=1,tokens=2,x=3", "there is no dimension 'x'", 1),
    ("--detail paper", "detail", 64),
    ("--detail plan --after all", "--detail plan is after all", 64),
    ("--focus encoder.layr.2", "did you mean 'encoder.layer.2'?", 1),
    ("--expand encoder.layer.7", "there is no layer 'encoder.layer.7'", 1),
    ("--compare fuse-liner", "there is no pass 'fuse-liner'", 1),
    ("--compare all --heat params", "it goes without", 64),
    ("--compare all --focus embeddings", "--focus isn't drawn side by side", 64),
    ("--heat time", "--heat time needs --trace FILE", 64),
    ("--heat error", "--heat error needs --trace FILE", 64),
    ("--heat flops", "no value for", 1), ("--heat warmth", "heat", 64),
    ("--trace Docs/Glossary.md", "--trace is what --heat time", 64),
    (
      "--heat time --trace Docs/Glossary.md --bind batch=1,tokens=2",
      "expected what weft profile --json prints", 1
    ),
    ("--heat time --trace nowhere.json --bind batch=1,tokens=2", "No such file", 1),
    ("--heat error --trace Docs/Glossary.md", "by layer path", 1),
    ("--theme night", "theme", 64), ("--depth -1", "depth", 64),
  ])
  func `a wrong call says what is wrong`(options: String, text: String, status: Int) throws {
    let result = try CommandLineTool.shell(
      "weft render Graphs/minilm.weft -o x.svg \(options); code=$?; test ! -e x.svg; exit $code")
    #expect(Int(result.status) == status, "\(result.error)")
    #expect(result.error.contains(text), "\(result.error)")
  }

  @Test(arguments: [
    ("x.png --theme auto", "--theme auto is for .svg"), ("x.mmd --compare all", "side by side"),
    ("x.jpeg", ".svg, .png, .pdf, .dot, .mmd or .md"),
  ])
  func `a file that can't be is a wrong call`(output: String, text: String) throws {
    let result = try CommandLineTool.shell("weft render Graphs/minilm.weft -o \(output)")
    #expect(result.status == 64)
    #expect(result.error.contains(text), "\(result.error)")
  }

  @Test func `times of a profile colour the plan and the blocks`() throws {
    let small = "--set vocabulary=50 --set width=16 --set layers=2 --set heads=2"
    let bind = "--bind batch=1,tokens=3"
    let result = try CommandLineTool.shell(
      """
      weft profile Graphs/gpt2.weft --random-weights 1 \(small) \(bind) --runs 2 --json > t.json
      for detail in layers ops plan; do
        weft render Graphs/gpt2.weft -o $detail.dot \(small) \(bind) --heat time --trace t.json \
          --detail $detail || exit 1
        grep -o 'time [0-9.]* ms' $detail.dot | head -1 | cut -c1-5
      done
      weft render Graphs/minilm.weft -o x.dot \(bind) --heat time --trace t.json
      """)
    #expect(result.output == "time \ntime \ntime \n", "\(result.output)")
    #expect(result.status == 1)
    #expect(result.error.contains("aren't those of this plan"), "\(result.error)")
  }

  @Test func `errors by layer colour the layers`() throws {
    let result = try CommandLineTool.shell(
      """
      echo '{"encoder.layer.3": 0.5}' > a.json
      echo '[{"path": "encoder.layer.3", "name": "h", "max": 0.5, "cosine": 1}]' > b.json
      for f in a b; do
        weft render Graphs/minilm.weft -o $f.dot --heat error --trace $f.json --expand encoder.layer.3
      done
      cmp a.dot b.dot && grep -c 'error 0.5' a.dot
      """)
    #expect(result.status == 0, "\(result.error)")
    #expect((Int(result.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) > 5)
  }

  @Test func `the same picture has the same bytes`() throws {
    let result = try CommandLineTool.shell(
      """
      for i in 1 2; do
        weft render Graphs/t5.weft -o $i.svg --detail layers --theme auto
        weft render Graphs/t5.weft -o $i.png --compare all
        weft render Graphs/t5.weft -o $i.md
      done
      cmp 1.svg 2.svg && cmp 1.png 2.png && cmp 1.md 2.md
      """)
    #expect(result.status == 0, "\(result.output)\(result.error)")
  }

  // MARK: weft diff

  @Test func `equal models have no difference`() throws {
    let result = try CommandLineTool.shell(
      "weft diff Graphs/bert.weft Graphs/bert.weft --exit-code")
    #expect(result.status == 0)
    #expect(result.output == "no difference\n")
  }

  @Test func `other layers are said once, with the totals`() throws {
    let result = try CommandLineTool.shell(
      "weft diff Graphs/bert.weft --set-b layers=10 --bind batch=1,tokens=8")
    #expect(result.status == 0, "\(result.error)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.contains("  ~ layers: 12 → 10"))
    #expect(lines.contains("  - encoder.layer.*, 2 of them: BertLayer"))
    #expect(lines.contains("  ~ gelu: 12 → 10"))
    #expect(lines.first?.contains("FLOPs") == true)
    #expect(!result.output.contains("attention.self.query"))
    let strict = try CommandLineTool.shell(
      "weft diff Graphs/bert.weft --set-b layers=10 --exit-code")
    #expect(strict.status == 1)
    #expect(strict.error.isEmpty)
  }

  @Test func `a difference is an object and a picture`() throws {
    let result = try CommandLineTool.shell(
      """
      weft diff Graphs/bert.weft Graphs/minilm.weft -o d.svg --json
      grep -c 'only in Graphs' d.svg >&2
      """)
    #expect(result.status == 0, "\(result.error)")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let found = try #require(object as? [String: Any])
    #expect(found["isEqual"] as? Bool == false)
    #expect((found["first"] as? [String: Any])?["parameters"] as? Int == 109_482_240)
    let inputs = found["inputs"] as? [[String: Any]]
    #expect(inputs?.first?["name"] as? String == "token_type_ids")
    #expect(inputs?.first?["second"] == nil)
  }

  @Test(arguments: [
    ("weft diff Graphs/bert.weft", "give a second graph file", 64),
    ("weft diff Graphs/bert.weft nothing.weft", "nothing.weft", 1),
    ("weft diff Graphs/bert.weft Graphs/gpt2.weft -o x.gif", ".svg", 64),
    ("weft diff Graphs/bert.weft Graphs/gpt2.weft -o x.md", "side by side", 64),
    ("weft diff Graphs/bert.weft Graphs/gpt2.weft --entry packed", "no entry 'packed'", 1),
  ])
  func `a wrong comparison says what is wrong`(command: String, text: String, status: Int) throws {
    let result = try CommandLineTool.shell(command)
    #expect(Int(result.status) == status, "\(result.error)")
    #expect(result.error.contains(text), "\(result.error)")
  }
}
